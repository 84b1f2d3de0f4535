package retrieval

import (
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// ambiguousTerms all have the name "cold", as their own or as a synonym.
func ambiguousTerms() []corpora.Term {
	synonym := func(scope corpora.Scope) []corpora.Synonym { return []corpora.Synonym{{Text: "cold", Scope: scope}} }
	return []corpora.Term{
		{ID: "T:related", Name: "cold agglutinin disease", Label: "Disease", Synonyms: synonym(corpora.ScopeRelated)},
		{ID: "T:nose", Name: "common cold", Label: "Disease", Synonyms: synonym(corpora.ScopeExact), Definition: "An infection with a running nose and cough."},
		{ID: "T:lung", Name: "chronic obstructive lung disease", Label: "Disease", Synonyms: synonym(corpora.ScopeExact), Xrefs: []string{"MESH:D029424"}, Definition: "Smoking narrows the airways of the lung."},
		{ID: "T:own", Name: "Cold", Label: "Disease"},
		{ID: "T:finding", Name: "cold", Label: "Finding"},
	}
}

func sensesIn(t *testing.T, r *Searcher, doc, text string) []Sense {
	t.Helper()
	q := query(text)
	q.Sentence.DocID = doc
	for _, h := range retrieve(t, r, q).Terms {
		if h.Term.Label == "Disease" && h.Term.ID != h.Senses[0].ID {
			t.Errorf("the hit is %s, its first sense %s", h.Term.ID, h.Senses[0].ID)
		}
	}
	for _, c := range r.Spans(q) {
		if c.Label == "Disease" {
			return r.Senses(c)
		}
	}
	return nil
}

func ids(senses []Sense) string {
	var list []string
	for _, s := range senses {
		list = append(list, s.ID)
	}
	return strings.Join(list, " ")
}

// TestSenses: an ambiguous name keeps all terms of its label, ordered by scope, annotated ids, the words around, and the
// ontologies; what a held-out document annotates does not count.
func TestSenses(t *testing.T) {
	w := world{documents: documents(t, "d1: A [cold|Disease] came .\nd2: This [cold|Disease] went .\nd3: The cough of smoking and the nose were bad in the lung .\nd4: The lung is clear .\nd5: No smoking here ."), terms: ambiguousTerms()}
	w.documents[0].Entities[0].Concepts = []string{"D029424"}
	r := searcher(t, w.build(t), nil, Defaults())
	for _, c := range []struct{ doc, text, want string }{
		{"new", "A cold was seen", "T:own T:lung T:nose T:related"},
		{"new", "A cold with cough and a running nose", "T:own T:lung T:nose T:related"}, // annotated once with the id of T:lung
		{"d1", "A cold with cough and a running nose", "T:own T:nose T:lung T:related"},  // held out, so that the words decide
		{"d1", "A cold of smoking in the lung", "T:own T:lung T:nose T:related"},
		{"d1", "A cold was seen", "T:own T:nose T:lung T:related"}, // nothing decides but the order of the ontology
	} {
		if got := ids(sensesIn(t, r, c.doc, c.text)); got != c.want {
			t.Errorf("%s for %s: %s, want %s", c.text, c.doc, got, c.want)
		}
	}
	spans := r.Spans(query("A cold was seen"))
	if got := r.Concepts(spans[0]); !slices.Equal(got, []string{"D029424", "T:own", "T:lung", "T:nose", "T:related"}) {
		t.Errorf("concepts %v", got)
	}
	if got := r.TermIDs(spans[0]); got[0] != "T:own" || len(got) != 4 {
		t.Errorf("term ids %v", got)
	}
}
