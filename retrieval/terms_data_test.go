//go:build data

package retrieval_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all"
	"github.com/ragner/ragner/corpora/ontology"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// spec is a path below the folder of public corpora that RAGNER_DATA names, all of whose labels are Disease.
func spec(path string, label string) corpora.Spec {
	s := corpora.Spec{Path: filepath.Join(os.Getenv("RAGNER_DATA"), path), Options: map[string]string{}}
	if label != "" {
		s.Options["label"] = label
	}
	return s
}

func readAll(t *testing.T, s corpora.Spec) []corpora.Document {
	t.Helper()
	docs, bad, err := corpora.ReadAll(s)
	if err != nil || len(bad) > 0 {
		t.Fatalf("%v, %d bad", err, len(bad))
	}
	return docs
}

// dataSearcher indexes a corpus with ontologies of diseases.
func dataSearcher(t *testing.T, corpus corpora.Spec, ontologies ...string) (*retrieval.Searcher, *index.Index) {
	t.Helper()
	in := index.Input{Corpora: []index.Corpus{{Spec: corpus, Documents: corpora.Read(corpus)}}}
	for _, path := range ontologies {
		o := spec(path, "Disease")
		terms, _, err := ontology.Read(o)
		if err != nil {
			t.Fatal(err)
		}
		in.Ontologies = append(in.Ontologies, index.Ontology{Spec: o, Terms: terms})
	}
	static, err := embed.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := index.Build(context.Background(), dir, in, index.Options{Embedder: static}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{Embedder: static})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	r, err := retrieval.New(x, static, retrieval.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return r, x
}

// source counts the spans that one source found.
type source struct{ spans, right, over int }

// TestSourcesOnPublicCorpora prints, for each source of term hits, how many of its spans are gold mentions of development
// data, and how many overlap one, and holds the precision of the sources of other forms above a floor.
func TestSourcesOnPublicCorpora(t *testing.T) {
	for _, c := range []struct {
		train, gold string
		floors      map[string]float64
	}{
		{"ncbi_disease/conll/train.tsv", "ncbi_disease/conll/devel.tsv", map[string]float64{"plural": 0.75, "spelling": 0.6, "order": 0.6}},
		{
			"bc5cdr_pubtator/CDR_TrainingSet.PubTator.txt", "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt",
			map[string]float64{"plural": 0.75, "spelling": 0.7, "order": 0.8},
		},
	} {
		r, _ := dataSearcher(t, spec(c.train, ""), "doid/doid.2016-09-01.obo")
		found := map[string]*source{}
		for _, d := range readAll(t, spec(c.gold, "")) {
			for _, in := range tag.Inputs(d, 0) {
				for _, hit := range r.Spans(retrieval.Query{Sentence: in.Sentence, Abbreviations: in.Abbreviations}) {
					if found[hit.Source] == nil {
						found[hit.Source] = &source{}
					}
					found[hit.Source].count(d, hit.Label, corpora.Fragment{Start: hit.Fragment.Start + in.Sentence.Offset, End: hit.Fragment.End + in.Sentence.Offset})
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(found)) {
			s := found[name]
			precision := float64(s.right) / float64(s.spans)
			t.Logf("%s | %s | %d | %d | %.3f | %.3f", c.gold, name, s.spans, s.right, precision, float64(s.over)/float64(s.spans))
			if precision < c.floors[name] {
				t.Errorf("%s: precision of %s is %.3f, want %.2f", c.gold, name, precision, c.floors[name])
			}
		}
	}
}

func (s *source) count(d corpora.Document, label string, f corpora.Fragment) {
	s.spans++
	over := false
	for _, e := range d.Entities {
		if e.Label == label && len(e.Fragments) == 1 && e.Fragments[0] == f {
			s.right++
		}
		over = over || e.Label == label && e.Start() < f.End && f.Start < e.End()
	}
	if over {
		s.over++
	}
}

// ranks counts at which place the right term stands.
type ranks struct{ asked, first, five, any int }

func (r *ranks) count(senses [][]string, gold []string) {
	r.asked++
	at := slices.IndexFunc(senses, func(ids []string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(gold, bare(id)) })
	})
	if at < 0 {
		return
	}
	r.any++
	if at == 0 {
		r.first++
	}
	if at < 5 {
		r.five++
	}
}

func (r ranks) String() string {
	n := float64(r.asked)
	return fmt.Sprintf("%d asked, @1 %.3f, @5 %.3f, among all %.3f", r.asked, float64(r.first)/n, float64(r.five)/n, float64(r.any)/n)
}

// bare is an id of MeSH without its prefix, as NCBI disease has it.
func bare(id string) string { return strings.TrimPrefix(strings.ToUpper(id), "MESH:") }

// TestLinkingOnPublicCorpora measures whether the right term comes first: among the senses of ambiguous names, and, for
// mentions that the lexicon does not know, among the names near them. Gold are the ids of NCBI disease's development part,
// of which only such count as some term or cross-reference of the ontologies has.
func TestLinkingOnPublicCorpora(t *testing.T) {
	r, x := dataSearcher(t, spec("ncbi_disease/original-data/train", "Disease"), "doid/doid.2016-09-01.obo", "hpo/hp.2017-04-13.obo.gz",
		"orphanet/ordo-2.6-2018-07-12.json.gz", "mondo", "mesh/2017MeshTree.txt")
	known := termIDs(x)
	linkable := map[string]bool{}
	for _, ids := range known {
		for _, id := range ids {
			linkable[bare(id)] = true
		}
	}
	var exact, ambiguous, near ranks
	for _, d := range readAll(t, spec("ncbi_disease/original-data/devel", "Disease")) {
		for _, in := range tag.Inputs(d, 0) {
			q := retrieval.Query{Sentence: in.Sentence, Abbreviations: in.Abbreviations}
			candidates := r.Candidates(q)
			for _, e := range d.Entities {
				f := corpora.Fragment{Start: e.Start() - in.Sentence.Offset, End: e.End() - in.Sentence.Offset}
				gold := goldIDs(e, linkable)
				if f.Start < 0 || f.End > len(in.Sentence.Text) || len(gold) == 0 {
					continue
				}
				hit := false
				for _, c := range candidates {
					if c.Fragment != f {
						continue
					}
					var senses [][]string
					for _, s := range r.Senses(c) {
						senses = append(senses, known[s.ID])
					}
					if len(senses) > 0 {
						hit = true
						exact.count(senses, gold)
					}
					if len(senses) > 1 {
						ambiguous.count(senses, gold)
					}
				}
				if !hit {
					hits, err := r.SearchTerms(context.Background(), in.Sentence.Text[f.Start:f.End], 5)
					if err != nil {
						t.Fatal(err)
					}
					var ids [][]string
					for _, h := range hits {
						var senses []string
						for _, s := range h.Senses {
							senses = append(senses, known[s.ID]...)
						}
						ids = append(ids, senses)
					}
					near.count(ids, gold)
				}
			}
		}
	}
	t.Logf("all exact: %s", exact)
	t.Logf("ambiguous: %s", ambiguous)
	t.Logf("near: %s", near)
	if float64(ambiguous.first) < 0.9*float64(ambiguous.any) || float64(near.first) < 0.28*float64(near.asked) || float64(near.five) < 0.48*float64(near.asked) {
		t.Error("the right term comes too late")
	}
}

// termIDs are the ids of each term, its own and those of its cross-references.
func termIDs(x *index.Index) map[string][]string {
	known := map[string][]string{}
	for i := range x.TermCount() {
		t := x.Term(i)
		known[t.ID] = append([]string{t.ID}, t.Xrefs...)
	}
	return known
}

// goldIDs are the ids of an entity that can be found.
func goldIDs(e corpora.Entity, linkable map[string]bool) (ids []string) {
	for _, id := range e.Concepts {
		if linkable[bare(id)] {
			ids = append(ids, bare(id))
		}
	}
	return ids
}
