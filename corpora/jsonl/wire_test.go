package jsonl

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// A text of several pieces is written as it would be in one, wherever a piece ends.
func TestLongTextsAreWrittenWhole(t *testing.T) {
	for shift := range 6 {
		text := strings.Repeat("x", shift) + strings.Repeat("𝒜é<\u2028\x01\"", 20_000) + "\xff\xbf" + strings.Repeat("\xbf", 70_000)
		line, err := Marshal(corpora.Document{ID: "d", Text: text})
		if err != nil {
			t.Fatal(err)
		}
		var got, want struct{ Text string }
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		whole, err := encode(map[string]string{"Text": text})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(whole, &want); err != nil {
			t.Fatal(err)
		}
		if got != want || !strings.Contains(string(line), string(whole[len(`{"Text":`):len(whole)-1])) {
			t.Errorf("shift %d: another text", shift)
		}
	}
}

// What Marshal allocates in all is not much more than the line it gives: 1.7 bytes for each, more than twice as many under the race
// detector, which forgets buffers at random.
func TestMarshalOfALongDocument(t *testing.T) {
	doc := corpora.Document{ID: "d", Text: strings.Repeat("word ", 1_000_000)}
	for i := range 20_000 {
		doc.Entities = append(doc.Entities, corpora.Entity{
			Label: "Disease", Fragments: []corpora.Fragment{{Start: 50 * i, End: 50*i + 4}}, Score: .5, Status: corpora.StatusExact,
			Concepts: []string{"MESH:D003110"}, From: corpora.Provenance{Demonstrations: []string{"10192393#2", "10021369#1"}},
		})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	line, err := Marshal(doc)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	share := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(line))
	t.Logf("%.2f bytes for each of %d", share, len(line))
	if share > 5 {
		t.Errorf("%.1f bytes are allocated for each byte of the line", share)
	}
}
