package learn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// TestHeldOut: what is kept are sentences of the index with their annotations, proposals inside of them, and their own
// documents among those that must not be shown; right and wrong ones are among the proposals.
func TestHeldOut(t *testing.T) {
	docs := invented(t, 400)
	x := build(t, docs, Learner(settings(2)))
	_, m := modelOf(t, x)
	held, err := m.HeldOut(x)
	if err != nil || len(held) < 30 || len(held) > 200 {
		t.Fatalf("%d sentences of 400, error %v", len(held), err)
	}
	right, wrong := 0, 0
	for _, h := range held {
		if !slices.Contains(h.Exclude, h.DocID) {
			t.Errorf("document %s may be shown for itself", h.DocID)
		}
		i := slices.IndexFunc(docs, func(d corpora.Document) bool { return d.ID == h.DocID })
		if i < 0 || !strings.Contains(docs[i].Text, h.Text) || len(h.Entities) != len(docs[i].Entities) {
			t.Fatalf("%s is no document of the index, or another", h.DocID)
		}
		if len(h.Proposals) != 2 || Doubt(h.Proposals) <= 0 {
			t.Errorf("%s: %d groups, doubt %g", h.DocID, len(h.Proposals), Doubt(h.Proposals))
		}
		for _, group := range h.Proposals {
			for _, p := range group {
				span := corpora.Fragment{Start: h.Tokens[p.First].Start, End: h.Tokens[p.Last].End}
				if slices.ContainsFunc(h.Entities, func(e corpora.Entity) bool { return e.Label == p.Label && e.Fragments[0] == span }) {
					right++
				} else {
					wrong++
				}
			}
		}
	}
	if right < 20 || wrong > right {
		t.Errorf("%d right and %d wrong proposals", right, wrong)
	}
}

// TestHeldOutBorders: where an indexed sentence has coarser tokens than ours, what is held out keeps to them, as tagging does;
// so the score of a mention that would be one of two is that of the only one.
func TestHeldOutBorders(t *testing.T) {
	var docs []corpora.Document
	for i, doc := range invented(t, 400) {
		marked := fmt.Sprintf("Patient %d had [%sitis|Disease].", i, strings.Fields(doc.Text)[1])
		if i%2 == 1 {
			marked = strings.Replace(marked, "|Disease].", ".|Disease]", 1)
		}
		doc = annotated(t, doc.ID, marked)
		if i%2 == 1 {
			doc.Sentences = []corpora.Sentence{{Text: doc.Text, Tokens: spaced(doc.Text)}}
		}
		docs = append(docs, doc)
	}
	x := build(t, docs, Learner(settings(2)))
	_, m := modelOf(t, x)
	held, err := m.HeldOut(x)
	if err != nil {
		t.Fatal(err)
	}
	coarse, fine := 0, 0
	for _, h := range held {
		keeps := h.Entities[0].End() == len(h.Text)
		for _, p := range h.Proposals[0] {
			switch {
			case !keeps:
				fine++
			case p.Last != len(h.Tokens)-1:
				t.Errorf("%s: a mention ends inside a token", h.DocID)
			default:
				coarse++
			}
		}
	}
	if coarse == 0 || fine == 0 {
		t.Errorf("%d proposals in sentences with coarse tokens, %d in others", coarse, fine)
	}
}

// spaced are the tokens between single spaces.
func spaced(text string) (list []corpora.Token) {
	at := 0
	for _, word := range strings.Split(text, " ") {
		list = append(list, corpora.Token{Start: at, End: at + len(word)})
		at += len(word) + 1
	}
	return list
}

// TestDoubtOf: a greater share of sentences lies above a smaller doubt, and about the share that is asked for does.
func TestDoubtOf(t *testing.T) {
	m := &Model{held: held{Doubts: quantiles([]float64{0.5, 0, 0.1, 0.2, 0.3, 0.4, 0, 0.9, 0.8, 0.7})}}
	for _, c := range []struct{ share, want float64 }{{0, 0.9}, {0.1, 0.8}, {0.3, 0.5}, {1, 0}} {
		if got := m.DoubtOf(c.share); got != c.want {
			t.Errorf("share %g: from %g on, want %g", c.share, got, c.want)
		}
	}
	if (&Model{}).DoubtOf(0.3) <= 0 {
		t.Error("of nothing known, everything is in doubt")
	}
}

// TestHeldOutElsewhere: a model beside another index than its own is damage, no panic.
func TestHeldOutElsewhere(t *testing.T) {
	x := build(t, invented(t, 400), Learner(settings(2)))
	_, m := modelOf(t, x)
	other := build(t, []corpora.Document{{ID: "d0", Text: "A."}}, nil)
	if _, err := m.HeldOut(other); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v", err)
	}
	for _, found := range [][][4]int{{{0, 99, 0, 1}}, {{2, 1, 0, 1}}, {{0, 0, 7, 1}}, {{-1, 0, 0, 1}}} {
		s := heldSentence{Document: "d0", Found: [][][4]int{found, nil}}
		if _, err := m.restore(s, 5); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v: error %v", found, err)
		}
	}
}
