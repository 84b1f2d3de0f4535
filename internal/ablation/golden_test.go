package ablation_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/embed"
)

var update = flag.Bool("update", false, "write the measured figures to testdata/golden")

// goldenGrid has every way to find demonstrations, one change to the defaults a row.
const goldenGrid = `
retrieval_only: true
rows:
  - {name: defaults}
  - {name: "dense", set: {mode: dense}}
  - {name: "lexical", set: {mode: lexical}}
  - {name: "random", set: {mode: random}}
  - {name: "fixed", set: {shots: fixed}}
  - {name: "none", set: {mode: none}}
  - {name: "rrf", set: {fusion: rrf}}
  - {name: "no coverage", set: {coverage: false}}
  - {name: "balance", set: {balance: true}}
  - {name: "k 1", set: {k: 1}}
  - {name: "k 10", set: {k: 10}}
  - {name: "no fuzzy terms", set: {fuzzy: false}}
`

// TestGolden holds what ablate --retrieval-only measures on whole corpora that lie in the repository to the figures of
// testdata/golden. A change of these is a decision: look at the difference that -update makes, and say in the commit why
// it is right. They are the same on every machine, so each digit counts.
func TestGolden(t *testing.T) {
	terms, err := sample.Ontology()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		train, gold []corpora.Document
		terms       []corpora.Term
	}{
		"sample":           {taken(t, sample.Train(), 1<<20), taken(t, sample.HeldOut(), 1<<20), terms},
		"crossner-science": {readGolden(t, "crossner-science-train.conll.gz"), readGolden(t, "crossner-science-dev.conll.gz"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := world{documents: c.train, terms: c.terms}
			if w.embedder, err = embed.NewStatic(); err != nil {
				t.Fatal(err)
			}
			base := settings(w.build(t, filepath.Join(t.TempDir(), "index")))
			r := runs(t, newJob(t, plan(t, goldenGrid, base), c.gold))
			compareGolden(t, filepath.Join("testdata", "golden", name+".txt"), figures(t, r))
		})
	}
}

func readGolden(t *testing.T, name string) []corpora.Document {
	t.Helper()
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: filepath.Join("testdata", "golden", name), Options: map[string]string{}})
	if err != nil || len(bad) > 0 {
		t.Fatalf("%d bad documents, error %v", len(bad), err)
	}
	return docs
}

func figures(t *testing.T, r ablation.Results) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# %d sentences with %d mentions; the index has %d sentences and %d terms. docs/design.md says what is measured.\n",
		r.Gold.Sentences, r.Gold.Mentions, r.Index.Sentences, r.Index.Terms)
	for _, row := range r.Rows {
		e := row.Evidence
		if e == nil {
			t.Fatalf("row %s: %s", row.Name, row.Error)
		}
		fmt.Fprintf(&b, "%-16s coverage %.4f  agreement %.4f  token vote %.4f  term hits %.4f\n", row.Name, e.Coverage.Value, e.Agreement.Value, e.Vote.Value, e.TermHits.Value)
	}
	return b.String()
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the figures changed (-update writes them to %s):\n%s\nthey were:\n%s", path, got, want)
	}
}
