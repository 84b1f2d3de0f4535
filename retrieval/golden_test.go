package retrieval

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
)

var update = flag.Bool("update", false, "write the measured figures to testdata/golden/sample.txt")

// TestGolden measures what the demonstrations are worth on the built-in sample, with its training part as the index and
// its held-out part as queries, and compares with testdata/golden/sample.txt. A change of these figures is a decision:
// look at the difference that -update makes, and say in the commit why it is right. Coverage and token vote, as ablate
// measures them, are held in internal/ablation/testdata/golden.
func TestGolden(t *testing.T) {
	w := world{embedder: static(t)}
	for doc, err := range sample.Train() {
		if err != nil {
			t.Fatal(err)
		}
		w.documents = append(w.documents, doc)
	}
	x, queries := w.build(t), heldOut(t)
	var b strings.Builder
	fmt.Fprintf(&b, "# %d held-out sentences with %d mentions, k=5, %d indexed sentences. recall: share of the mentions whose surface stands\n", len(queries), mentions(queries), x.Sentences().Len())
	b.WriteString("# annotated in the demonstrations. mrr: mean over the sentences of 1/rank of the first demonstration that contains a\n")
	b.WriteString("# mention's surface, annotated or not, 0 where none does.\n")
	for _, c := range goldenSettings() {
		recall, mrr := measure(t, searcher(t, x, w.embedder, c.settings), queries)
		fmt.Fprintf(&b, "%-24s recall %.4f  mrr %.4f\n", c.name, recall, mrr)
	}
	compareGolden(t, filepath.Join("testdata", "golden", "sample.txt"), b.String())
}

type named struct {
	name     string
	settings Settings
}

func goldenSettings() []named {
	with := func(name string, change func(*Settings)) named {
		s := Defaults()
		s.K, s.Terms, s.Coverage, s.Mode = 5, 0, false, "hybrid"
		change(&s)
		return named{name, s}
	}
	return []named{
		with("none", func(s *Settings) { s.Mode = "none" }),
		with("fixed", func(s *Settings) { s.Mode = "fixed" }),
		with("random", func(s *Settings) { s.Mode = "random" }),
		with("lexical", func(s *Settings) { s.Mode = "lexical" }),
		with("dense", func(s *Settings) { s.Mode = "dense" }),
		with("hybrid", func(*Settings) {}),
		with("hybrid, rrf", func(s *Settings) { s.Fusion = "rrf" }),
		with("lexical, coverage", func(s *Settings) { s.Mode, s.Coverage = "lexical", true }),
		with("dense, coverage", func(s *Settings) { s.Mode, s.Coverage = "dense", true }),
		with("hybrid, coverage", func(s *Settings) { s.Coverage = true }),
		with("hybrid, rrf, coverage", func(s *Settings) { s.Fusion, s.Coverage = "rrf", true }),
		with("hybrid, coverage, k=1", func(s *Settings) { s.Coverage, s.K = true, 1 }),
		with("hybrid, coverage, k=10", func(s *Settings) { s.Coverage, s.K = true, 10 }),
		{"defaults", Defaults()},
	}
}

// heldOut are the sentences of the held-out part that have mentions.
func heldOut(t *testing.T) []corpora.Annotated {
	t.Helper()
	var list []corpora.Annotated
	for doc, err := range sample.HeldOut() {
		if err != nil {
			t.Fatal(err)
		}
		sentences, _ := corpora.Annotate(doc)
		for _, s := range sentences {
			if len(s.Entities) > 0 {
				list = append(list, s)
			}
		}
	}
	return list
}

func mentions(list []corpora.Annotated) int {
	n := 0
	for _, s := range list {
		n += len(s.Entities)
	}
	return n
}

func measure(t *testing.T, r *Searcher, queries []corpora.Annotated) (recall, mrr float64) {
	t.Helper()
	found := 0
	for _, q := range queries {
		demonstrations := retrieve(t, r, Query{Sentence: q.Sentence}).Demonstrations
		first := 0
		for _, gold := range q.Entities {
			surface := words(gold.Surface(q.Text))
			if annotatedIn(demonstrations, surface) {
				found++
			}
			if rank := rankOf(demonstrations, surface); rank > 0 && (first == 0 || rank < first) {
				first = rank
			}
		}
		if first > 0 {
			mrr += 1 / float64(first)
		}
	}
	return float64(found) / float64(mentions(queries)), mrr / float64(len(queries))
}

// words is a surface as its index tokens, with a blank at both ends.
func words(text string) string { return " " + strings.Join(index.Analyze(text), " ") + " " }

func annotatedIn(demonstrations []Demonstration, surface string) bool {
	for _, d := range demonstrations {
		for _, e := range d.Entities {
			if words(e.Surface(d.Sentence.Text)) == surface {
				return true
			}
		}
	}
	return false
}

// rankOf is the place from 1 of the first sentence that contains the surface, 0 when none does.
func rankOf(demonstrations []Demonstration, surface string) int {
	for i, d := range demonstrations {
		if strings.Contains(words(d.Sentence.Text), surface) {
			return i + 1
		}
	}
	return 0
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the figures changed (-update writes them to %s):\n%s\nthey were:\n%s", path, got, want)
	}
}
