package index

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

func synonym(text string, scope corpora.Scope) corpora.Synonym {
	return corpora.Synonym{Text: text, Scope: scope}
}

// TestTermsOfSeveralFiles: what several files of one build say of a term is joined; a later build's word replaces it.
func TestTermsOfSeveralFiles(t *testing.T) {
	first := corpora.Term{
		ID: "H:1", Name: "Epistaxis", Label: "Sign", Definition: "Bleeding.", Parents: []string{"H:0"},
		Synonyms: []corpora.Synonym{synonym("nose bleed", corpora.ScopeRelated)}, Xrefs: []string{"M:1"},
	}
	second := corpora.Term{
		ID: "H:1", Name: "Nosebleed", Label: "Finding", Definition: "Another.", Parents: []string{"H:0", "H:9"},
		Synonyms: []corpora.Synonym{synonym("nose bleed", corpora.ScopeExact), synonym("Epistaxis", corpora.ScopeExact)},
	}
	long := corpora.Term{ID: "H:2", Name: strings.Repeat("very ", 1000) + "long", Synonyms: []corpora.Synonym{synonym("-", corpora.ScopeExact)}}
	dir := t.TempDir()
	build := func(add bool, terms ...corpora.Term) *Index {
		in := Input{}
		for _, term := range terms {
			in.Ontologies = append(in.Ontologies, Ontology{Terms: []corpora.Term{term}})
		}
		if _, err := Build(context.Background(), dir, in, Options{Add: add}); err != nil {
			t.Fatal(err)
		}
		x, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		return x
	}
	x := build(false, first, long, second)
	want := corpora.Term{
		ID: "H:1", Name: "Epistaxis", Label: "Finding", Definition: "Bleeding.", Parents: []string{"H:0", "H:9"}, Xrefs: []string{"M:1"},
		Synonyms: []corpora.Synonym{synonym("nose bleed", corpora.ScopeExact), synonym("Nosebleed", corpora.ScopeRelated)},
	}
	if diff := cmp.Diff(want, x.Term(0)); diff != "" {
		t.Error(diff)
	}
	c := x.Manifest().Counts
	if c.Terms != 2 || c.Names != 5 || c.UnmatchedNames != 2 || c.RelabelledTerms != 1 {
		t.Errorf("counts %+v", c)
	}
	warned := strings.Join(x.Manifest().Warnings, "\n")
	if !strings.Contains(warned, "2 names of ontology terms have more than 24 words or none") || !strings.Contains(warned, "1 times a term was given again with another label") {
		t.Errorf("warnings: %s", warned)
	}
	if got := build(true, second).Term(0); got.Name != "Nosebleed" || slices.Contains(got.Xrefs, "M:1") {
		t.Errorf("a later build's term does not replace the one before: %+v", got)
	}
}
