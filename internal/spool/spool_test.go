package spool

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ragner/ragner/corpora"
)

// samples are documents with everything that one may hold, one with nothing, and one larger than any buffer.
func samples() []corpora.Document {
	text := "𝒜 naïve case.\nleft and right pain"
	full := corpora.Document{ID: "d/1", Text: text, Meta: map[string]string{"year": "2024"}, Unannotated: true}
	full.Entities = []corpora.Entity{
		{ID: "T1", Label: "Letter", Fragments: []corpora.Fragment{{Start: 0, End: 4}}, Concepts: []string{"A:1", "A:2"}},
		{
			Label: "Sign", Fragments: []corpora.Fragment{{Start: 17, End: 21}, {Start: 32, End: 36}}, Score: 1. / 3, Status: corpora.StatusFuzzy,
			From:  corpora.Provenance{Demonstrations: []string{"x#1"}, Terms: []string{"A:1"}, Steps: []corpora.Step{{By: corpora.ByModel, Score: .1}}},
			Links: []corpora.Link{{ID: "A:1", Score: .1, Name: "pain", Source: "name"}},
		},
	}
	full.Sentences = []corpora.Sentence{
		{DocID: "d/1", Text: text[:16], Tokens: []corpora.Token{{Start: 0, End: 4}, {Start: 5, End: 11}}},
		{DocID: "other", Index: 1, Text: text[17:], Offset: 17},
		{Text: "not the document's", Offset: 3},
		{Text: "past its end", Offset: len(text)},
	}
	failed := corpora.Document{ID: "d2", Err: &corpora.Failure{Code: "timeout", Message: "no answer"}}
	unnamed := corpora.Document{Err: &corpora.Failure{}}
	return []corpora.Document{full, {}, failed, unnamed, {ID: "long", Text: strings.Repeat("long ", 100_000)}}
}

func filled(t *testing.T, docs []corpora.Document) *Spool {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, d := range docs {
		if err := s.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Documents come back as they were, in order, by position, and for several readers at once.
func TestSpool(t *testing.T) {
	want := samples()
	s := filled(t, want)
	if s.Len() != len(want) {
		t.Fatalf("%d documents", s.Len())
	}
	same := func(i int, got corpora.Document, err error) error {
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want[i], got, cmpopts.EquateEmpty()); diff != "" {
			return fmt.Errorf("document %d (-want +got):\n%s", i, diff)
		}
		return nil
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			i := 0
			for doc, err := range s.All() {
				if err := same(i, doc, err); err != nil {
					t.Error(err)
				}
				back := len(want) - 1 - i
				doc, err = s.At(back)
				if err := same(back, doc, err); err != nil {
					t.Error(err)
				}
				i++
			}
			if i != len(want) {
				t.Errorf("%d documents were read", i)
			}
		})
	}
	readers.Wait()
}

// Nothing is left in the folder, and what is there meanwhile is the owner's alone.
func TestNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := filled(t, samples())
	if info, err := s.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	for _, err := range s.All() {
		if err == nil {
			t.Error("a closed spool was read")
		}
	}
	t.Setenv("TMPDIR", dir+"/none")
	if _, err := New(); err == nil {
		t.Error("a spool without a folder")
	}
}
