package tag

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/retrieval"
)

func TestNeighbours(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	for _, c := range []struct{ text, want string }{
		{"A boy with cystic fibrosis was seen.", "Disease cystic fibrosis (exact)"},
		{"CYSTIC  FIBROSIS", "Disease CYSTIC  FIBROSIS (exact)"},
		{"Cystic-fibrosis patients took zinc.", "Disease Cystic-fibrosis (exact), Chemical zinc (exact)"},
		{"The room was cold.", ""},
		{"Podagra is known by the ontology alone.", "Disease Podagra (exact)"},
		{"cystic fibrosis and cystic fibrosis", "Disease cystic fibrosis (exact), Disease cystic fibrosis (exact)"},
		{"Große Füße: gout, «gout»", "Disease gout (exact), Disease gout (exact)"},
		{"Nobody knows this word: xqzzy.", ""},
		{"", ""},
	} {
		if got := show(c.text, tagged(t, n, sentence(c.text)).Entities); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestNeighboursSayWhy(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	p := tagged(t, n, sentence("Patients with cystic fibrosis were seen."))
	if len(p.Entities) != 1 || p.Stats != (Stats{Sentences: 1}) {
		t.Fatalf("%+v", p)
	}
	e := p.Entities[0]
	if !slices.Equal(e.Concepts, []string{"DOID:1485"}) || !slices.Equal(e.From.Terms, []string{"DOID:1485"}) {
		t.Errorf("concepts %v, terms %v", e.Concepts, e.From.Terms)
	}
	if from := e.From.Demonstrations; !slices.Contains(from, "d0#0") || slices.Contains(from, "d9#0") {
		t.Errorf("rests on %v", from)
	}
	if e.Score <= 0 || e.Score > 1 {
		t.Errorf("score %g", e.Score)
	}
}

// TestVotes: a surface that the retrieved sentences annotate scores higher than the same without any, and one that
// they have without annotation lower.
func TestVotes(t *testing.T) {
	docs := theCorpus(t)
	with := func(mode string) float64 {
		s := newSearcher(t, docs, func(s *retrieval.Settings) { s.Mode = mode })
		n := &Neighbours{Searcher: s, Threshold: 0.01}
		for _, e := range tagged(t, n, sentence("The water was cold and wet.")).Entities {
			if e.Label == "Disease" {
				return e.Score
			}
		}
		return 0
	}
	if voted, prior := with("lexical"), with("none"); prior == 0 || voted >= prior {
		t.Errorf("cold: %g with the votes of sentences in which it is none, %g without", voted, prior)
	}
}

func TestThreshold(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	in := sentence("A cold and cystic fibrosis.")
	low, high := &Neighbours{Searcher: s, Threshold: 0.01}, &Neighbours{Searcher: s, Threshold: 0.999}
	if got := len(tagged(t, low, in).Entities); got != 2 {
		t.Errorf("threshold 0.01: %d entities", got)
	}
	if got := len(tagged(t, high, in).Entities); got != 0 {
		t.Errorf("threshold 0.999: %d entities", got)
	}
}

// TestOwnAnnotations: a document that stands in the index is tagged as if it did not.
func TestOwnAnnotations(t *testing.T) {
	docs := append(theCorpus(t), document(t, "own", "The [blorb fever|Disease] is rare."))
	n := &Neighbours{Searcher: newSearcher(t, docs)}
	in := sentence("The blorb fever is rare.")
	if got := show(in.Sentence.Text, tagged(t, n, in).Entities); got != "Disease blorb fever (exact)" {
		t.Errorf("another document: %s", got)
	}
	in.Sentence.DocID = "own"
	if got := tagged(t, n, in).Entities; len(got) != 0 {
		t.Errorf("its own document: %s", show(in.Sentence.Text, got))
	}
}

func TestNeighboursCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	if _, err := n.Tag(ctx, sentence("text")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestLongSentence has many repeated and overlapping names.
func TestLongSentence(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	text := strings.Repeat("cystic fibrosis and gout ", 5000)
	p := tagged(t, n, sentence(text))
	if len(p.Entities) != 10_000 || !slices.IsSortedFunc(p.Entities, corpora.CompareEntities) {
		t.Errorf("%d entities", len(p.Entities))
	}
}

// TestConceptsHeldOut tags a document that stands in the index: ids that only its own annotations have do not come back.
func TestConceptsHeldOut(t *testing.T) {
	gold := document(t, "gold", "She has [cystic fibrosis|Disease|ZQ:OWN|DOID:1485]. Her [cystic fibrosis|Disease|ZQ:OWN] is severe.")
	n := &Neighbours{Searcher: newSearcher(t, append(theCorpus(t), gold))}
	own, _, err := Document(context.Background(), n, gold, 0)
	if err != nil || len(own.Entities) != 2 || !slices.Equal(own.Entities[0].Concepts, []string{"DOID:1485"}) {
		t.Errorf("its own document: %v, %v", own.Entities, err)
	}
	gold.ID = "another"
	other, _, err := Document(context.Background(), n, gold, 0)
	if err != nil || len(other.Entities) != 2 || !slices.Contains(other.Entities[0].Concepts, "ZQ:OWN") {
		t.Errorf("another document: %v, %v", other.Entities, err)
	}
}
