package score

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestTable(t *testing.T) {
	pairs := []Pair{
		pairOf(t, "SIGN:0-11 DISEASE:12-17", "SIGN:0-5 DISEASE:12-17 SIGN:24-29"),
		pairOf(t, "SIGN:0-5", "DISEASE:0-5"),
	}
	var b bytes.Buffer
	if err := Evaluate(pairs).Table(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/table.golden", b.String())
}

// golden compares with a file that -update rewrites.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readFile(t, file), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		name, gold, pred string
		want             TokenScore
	}{
		{"nothing annotated, nothing predicted", "", "", TokenScore{1, 0}},
		{"one of two tokens", "A:0-11", "A:0-5", TokenScore{.8, 2. / 3}},
		{"a label mistaken", "A:0-5 B:6-11", "A:0-5 A:6-11", TokenScore{.8, 1. / 3}},
		{"the longer of nested ones stands", "A:0-11 B:6-11", "A:0-11", TokenScore{1, 1}},
		{"part of a token", "A:0-5", "A:1-3", TokenScore{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Evaluate([]Pair{pairOf(t, c.gold, c.pred)}).Token; got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// A document's own tokens count, not those of the rules.
func TestOwnTokens(t *testing.T) {
	doc := tokenisedDoc("a", "IL-2", "gene")
	doc.Entities = []corpora.Entity{{Label: "A", Fragments: []corpora.Fragment{{Start: 0, End: 4}}}}
	empty := doc
	empty.Entities = nil
	if got := Evaluate([]Pair{{Gold: doc, Pred: empty}}).Token.Accuracy; got != .5 {
		t.Errorf("accuracy %v, want 1 of 2 tokens", got)
	}
}
