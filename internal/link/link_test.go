package link_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/link"
	"github.com/ragner/ragner/retrieval"
)

// document reads "the [VHL|Gene|C1] gene": text, label and concepts of each mention.
func document(t testing.TB, id, marked string) corpora.Document {
	t.Helper()
	doc := corpora.Document{ID: id}
	for {
		before, after, found := strings.Cut(marked, "[")
		doc.Text += before
		if !found {
			return doc
		}
		inside, rest, _ := strings.Cut(after, "]")
		parts := strings.Split(inside, "|")
		f := corpora.Fragment{Start: len(doc.Text), End: len(doc.Text) + len(parts[0])}
		doc.Text += parts[0]
		doc.Entities = append(doc.Entities, corpora.Entity{Label: parts[1], Fragments: []corpora.Fragment{f}, Concepts: parts[2:]})
		marked = rest
	}
}

// theTerms are those of two vocabularies: the first refers to the second.
func theTerms() []corpora.Term {
	exact := func(names ...string) (list []corpora.Synonym) {
		for _, n := range names {
			list = append(list, corpora.Synonym{Text: n, Scope: corpora.ScopeExact})
		}
		return list
	}
	return []corpora.Term{
		{ID: "DOID:1612", Name: "breast cancer", Label: "D", Synonyms: exact("mammary cancer"), Xrefs: []string{"MSH:D001943"}},
		{ID: "DOID:2394", Name: "ovarian cancer", Label: "D", Xrefs: []string{"MESH:D010051"}},
		{ID: "DOID:12704", Name: "ataxia telangiectasia", Label: "D", Synonyms: exact("Louis-Bar syndrome"), Xrefs: []string{"MESH:D001260"}},
		{ID: "DOID:326", Name: "ischemia", Label: "D", Xrefs: []string{"MESH:D007511"}},
		{ID: "DOID:9", Name: "ischemia of the knee", Label: "D", Parents: []string{"DOID:326"}},
		{ID: "DOID:13189", Name: "gout", Label: "D"},
		{ID: "CHEBI:28262", Name: "dimethyl sulfoxide", Label: "C", Xrefs: []string{"CHEBI:28262"}},
		{ID: "D018235", Name: "Smooth muscle tumor", Label: "D"},
	}
}

func theDocuments(t testing.TB) (docs []corpora.Document) {
	for i, text := range []string{
		"[Aniridia|D|MESH:D015783] is rare.", "[aniridia|D|D015783] was seen.", "With [aniridia|D|D015783] they came.",
		"The [wasting|D|D014839] was slow.", "A [wasting|D|D019282] disease.", "[Wasting|D|D014839] again.",
		"[deafness and blindness|D|D003638|D001766] came.", "[Deafness and blindness|D|D003638+D001766] went.",
		"Nothing was found here.", "The [familial colonic polyposis|D|D011125] of the family.",
	} {
		docs = append(docs, document(t, fmt.Sprintf("d%d", i), text))
	}
	return docs
}

func open(t testing.TB, docs []corpora.Document, terms []corpora.Term, change func(*link.Settings)) (*link.Linker, error) {
	t.Helper()
	in := index.Input{Corpora: []index.Corpus{{Spec: corpora.Spec{Path: "c"}, Documents: func(yield func(corpora.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}}}}
	if len(terms) > 0 {
		in.Ontologies = []index.Ontology{{Spec: corpora.Spec{Path: "o"}, Terms: terms}}
	}
	dir := filepath.Join(t.TempDir(), "index")
	if _, err := index.Build(context.Background(), dir, in, index.Options{}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	r, err := retrieval.New(x, nil, retrieval.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	s := link.Defaults()
	if change != nil {
		change(&s)
	}
	return link.New(x, r, s)
}

func resolve(t testing.TB, l *link.Linker, doc corpora.Document, without ...string) []corpora.Entity {
	t.Helper()
	out, err := l.Document(context.Background(), doc, without...)
	if err != nil {
		t.Fatal(err)
	}
	return out.Entities
}

// TestDocument: what each way of finding a concept finds, and that it is named.
func TestDocument(t *testing.T) {
	l, err := open(t, theDocuments(t), theTerms(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, concepts, source string // of the first mention
	}{
		{"The [aniridia|D] of a child.", "MESH:D015783", "annotated"},
		{"A [breast cancer|D].", "MESH:D001943", "name"},
		{"A [Mammary Cancer|D].", "MESH:D001943", "synonym"},
		{"Two [breast cancers|D].", "MESH:D001943", "name"},
		{"A [cancer of the breast|D].", "MESH:D001943", "form"},
		{"[AT|D] is short for ataxia telangiectasia (AT).", "MESH:D001260", "abbreviation"},
		{"The [ischemic|D] leg.", "MESH:D007511", "noun"},
		{"An [ischemia of the knee|D].", "MESH:D007511", "name"}, // a parent's id
		{"A [breast and ovarian cancer|D].", "MESH:D001943 MESH:D010051", "part"},
		{"The [deafness and blindness|D].", "MESH:D001766 MESH:D003638", "annotated"},
		{"A [bilateral sporadic aniridia|D].", "MESH:D015783", "inside"},
		{"Here [gout|D] has an id of a vocabulary alone that annotators do not use.", "", "name"},
		{"The [dimethyl sulfoxide|C] of a label whose annotations have no ids.", "CHEBI:28262", "name"},
		{"No [hiccup|D] is known.", "", ""},
	} {
		e := resolve(t, l, document(t, "new", c.text))[0]
		got := slices.Sorted(slices.Values(e.Concepts))
		source := ""
		if len(e.Links) > 0 {
			source = e.Links[0].Source
		}
		if strings.Join(got, " ") != c.concepts || source != c.source {
			t.Errorf("%s: %v from %+v; want %s from %s", c.text, got, e.Links, c.concepts, c.source)
		}
	}
}

// TestDocumentContext: a mention in brackets, and one that is a shorter name of another.
func TestDocumentContext(t *testing.T) {
	l, err := open(t, theDocuments(t), theTerms(), nil)
	if err != nil {
		t.Fatal(err)
	}
	list := resolve(t, l, document(t, "new", "With [dimethyl sulfoxide|C] ([DXO|C]). The [DXO|C] was old."))
	for _, e := range list {
		if !slices.Equal(e.Concepts, []string{"CHEBI:28262"}) {
			t.Errorf("%s: %v", e.Label, e.Links)
		}
	}
	if list[1].Links[0].Source != "beside" {
		t.Errorf("source %s", list[1].Links[0].Source)
	}
	shallow, err := open(t, theDocuments(t), theTerms(), func(s *link.Settings) { s.Depth = "near" })
	if err != nil {
		t.Fatal(err)
	}
	if e := resolve(t, shallow, document(t, "new", "With [dimethyl sulfoxide|C] ([DXO|C])."))[1]; len(e.Concepts) > 0 {
		t.Errorf("without the document's other mentions: %v", e.Links)
	}
}

// TestHeldOut: a document that stands in the index does not tell of itself, nor do those that are named.
func TestHeldOut(t *testing.T) {
	docs := theDocuments(t)
	l, err := open(t, docs, theTerms(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e := resolve(t, l, docs[9])[0]; len(e.Links) > 0 && e.Links[0].ID == "MESH:D011125" {
		t.Errorf("%v", e.Links)
	}
	asked := document(t, "new", "A [familial colonic polyposis|D].")
	if e := resolve(t, l, asked)[0]; !slices.Equal(e.Concepts, []string{"MESH:D011125"}) {
		t.Errorf("%v", e.Links)
	}
	if e := resolve(t, l, asked, "d9")[0]; len(e.Concepts) > 0 {
		t.Errorf("%v", e.Links)
	}
	// one of three annotations of the surface is left out: the others are even then
	if e := resolve(t, l, document(t, "new", "The [wasting|D]."), "d0")[0]; e.Links[0].ID != "MESH:D014839" {
		t.Errorf("%v", e.Links)
	}
	if e := resolve(t, l, document(t, "new", "The [wasting|D]."), "d3", "d5")[0]; e.Links[0].ID != "MESH:D019282" {
		t.Errorf("%v", e.Links)
	}
}

// TestChances: scores lie between 0 and 1 and do not add up to more, links are ordered and cut, the given entities stay.
func TestChances(t *testing.T) {
	l, err := open(t, theDocuments(t), theTerms(), func(s *link.Settings) { s.Candidates = 2; s.Threshold = 1 })
	if err != nil {
		t.Fatal(err)
	}
	doc := document(t, "new", "A [wasting|D|X:1] with [smooth muscle cancer|D], [aniridia|D].")
	before := doc.Entities[0]
	for _, e := range resolve(t, l, doc) {
		sum, last := 0.0, 1.0
		for _, x := range e.Links {
			if !(x.Score >= 0 && x.Score <= last) || x.ID == "" || x.Source == "" {
				t.Errorf("%+v", e.Links)
			}
			sum, last = sum+x.Score, x.Score
		}
		if len(e.Links) == 0 || len(e.Links) > 2 || sum > 1.0005 || math.IsNaN(sum) || len(e.Concepts) > 0 {
			t.Errorf("sum %v, %d concepts, %+v", sum, len(e.Concepts), e.Links)
		}
	}
	if !reflect.DeepEqual(doc.Entities[0], before) {
		t.Error("the given entities were changed")
	}
}

func TestVocabularies(t *testing.T) {
	l, err := open(t, theDocuments(t), theTerms(), func(s *link.Settings) { s.Vocabularies = []string{"doid"} })
	if err != nil {
		t.Fatal(err)
	}
	if e := resolve(t, l, document(t, "new", "A [breast cancer|D]."))[0]; !slices.Equal(e.Concepts, []string{"DOID:1612"}) {
		t.Errorf("%v", e.Links)
	}
	if !l.Knows("MESH:D015783") || !l.Knows("MESH:D001943") || !l.Knows("DOID:1612") || l.Knows("MESH:D000001") {
		t.Error("ids that the index knows")
	}
	_, err = open(t, theDocuments(t), theTerms(), func(s *link.Settings) { s.Vocabularies = []string{"SNOMEDCT"} })
	if err == nil || !strings.Contains(err.Error(), "vocabulary SNOMEDCT (it has CHEBI, DOID, MESH)") {
		t.Errorf("error %v", err)
	}
}

func TestBadInput(t *testing.T) {
	plain := []corpora.Document{document(t, "p", "A [gout|D].")}
	if _, err := open(t, plain, nil, nil); !errors.Is(err, link.ErrNoIDs) || !strings.Contains(err.Error(), "--ontology") {
		t.Errorf("error %v", err)
	}
	for _, change := range []func(*link.Settings){
		func(s *link.Settings) { s.Depth = "deep" }, func(s *link.Settings) { s.Threshold = math.NaN() }, func(s *link.Settings) { s.Candidates = 0 },
	} {
		if _, err := open(t, plain, theTerms(), change); err == nil {
			t.Error("bad settings passed")
		}
	}
	l, err := open(t, plain, theTerms(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "No mention.", "[(|D] [,|D] [and|D] [of the|D] [, or /|D] [\u00a0|D] [é|D] [and and and|D]"} {
		for _, e := range resolve(t, l, document(t, "odd", text)) {
			if len(e.Concepts) > 0 {
				t.Errorf("%q: %v", text, e.Concepts)
			}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := l.Document(ctx, plain[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
