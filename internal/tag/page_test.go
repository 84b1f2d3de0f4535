package tag

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// newAgreeing learns from documents whose first sentence tells what the name in the second is.
func newAgreeing(t *testing.T) *Learned {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	var docs []corpora.Document
	for i := range 400 {
		name := fmt.Sprintf("%c%c%c%c", 'a'+rng.IntN(26), 'a'+rng.IntN(26), 'a'+rng.IntN(26), 'a'+rng.IntN(26))
		d := corpora.Document{ID: fmt.Sprint("d", i), Text: fmt.Sprintf("My aunt bought %s. Then %s was seen.", name, name)}
		if i%2 == 0 {
			d.Text = fmt.Sprintf("They suffered from %s. Then %s was seen.", name, name)
			for _, start := range []int{19, 30} {
				d.Entities = append(d.Entities, corpora.Entity{Label: "Disease", Fragments: []corpora.Fragment{{Start: start, End: start + 4}}})
			}
		}
		docs = append(docs, d)
	}
	dir := filepath.Join(t.TempDir(), "index")
	buildLearned(t, dir, docs)
	l := openLearned(t, dir)
	if !l.Model.Agrees() {
		t.Fatal("nothing was learned of documents")
	}
	return l
}

// TestDocumentAgrees: a document's sentences decide together, in whatever order they are asked about.
func TestDocumentAgrees(t *testing.T) {
	l := newAgreeing(t)
	for text, want := range map[string]string{
		"They suffered from qwvx. Then qwvx was seen.": "Disease qwvx (exact), Disease qwvx (exact)",
		"My aunt bought qwvx. Then qwvx was seen.":     "",
	} {
		doc, _, err := Document(context.Background(), l, corpora.Document{ID: "unseen", Text: text}, 0)
		if got := show(text, doc.Entities); err != nil || got != want {
			t.Errorf("%s: %s, error %v", text, got, err)
		}
		for _, e := range doc.Entities {
			if steps := e.From.Steps; stepNames(e) != "sentence document" || steps[0].Score == steps[1].Score || steps[1].Score != e.Score {
				t.Errorf("%s: a score of %g by %v", text, e.Score, steps)
			}
		}
		inputs := Inputs(doc, 0)
		last, err := l.Tag(context.Background(), inputs[1])
		if err != nil || (len(last.Entities) == 1) != (want != "") {
			t.Errorf("%s: the last sentence, asked about first, has %d entities, error %v", text, len(last.Entities), err)
		}
	}
}

// TestPages: pages hold every sentence once, in order.
func TestPages(t *testing.T) {
	for n, want := range map[int][]int{0: nil, 1: {1}, mostOfPage: {mostOfPage}, 2*mostOfPage + 5: {mostOfPage, mostOfPage, 5}} {
		var lengths []int
		for i, in := range Inputs(corpora.Document{ID: "d", Text: strings.Repeat("It was seen. ", n)}, 1) {
			if in.Sentence.Index != i || in.page.inputs[in.at].Sentence.Index != i {
				t.Fatalf("%d sentences: number %d is another on its page", n, i)
			}
			if in.at == 0 {
				lengths = append(lengths, len(in.page.inputs))
			}
		}
		if !slices.Equal(lengths, want) {
			t.Errorf("%d sentences: pages of %v, want %v", n, lengths, want)
		}
	}
}
