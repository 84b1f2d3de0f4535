package learn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func proposedIn(text string, mentions ...Mention) Proposed {
	return Proposed{text, corpora.Tokenize(text), [][]Mention{mentions}}
}

// TestSupport: other mentions of a surface count, whatever their case; the mention itself, unlikely ones and other
// surfaces do not.
func TestSupport(t *testing.T) {
	list := []Proposed{
		proposedIn("MEN is rare.", Mention{0, 0, "Disease", 0.6}, Mention{0, 0, "Gene", 0.3}),
		proposedIn("men, Men and women", Mention{0, 0, "Disease", 0.9}, Mention{2, 2, "Gene", 0.2}, Mention{2, 2, "Disease", 0.01}, Mention{4, 4, "Disease", 0.5}),
	}
	at := func(p float64) float64 { return math.Log(p / (1 - p)) }
	want := [][]float64{
		{at(0.9), math.Log(3)}, // MEN, Disease: at two other places
		{at(0.2), math.Log(3)}, // MEN, Gene
		{at(0.6), math.Log(3)}, // men
		{at(0.3), math.Log(3)}, // Men, Gene
		{at(0.9), math.Log(3)}, // Men, Disease: unlikely, but others speak for it
		{0, 0},                 // women
	}
	var got [][]float64
	eachSupport(list, 0, func(_ int, _ *Mention, support []float64) { got = append(got, support) })
	near := func(a, b []float64) bool {
		return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-9 })
	}
	if !slices.EqualFunc(got, want, near) {
		t.Errorf("support %v, want %v", got, want)
	}
}

// repeating are documents of two sentences about a thing with a name of its own: the first tells whether it is a disease,
// the second is the same for all.
func repeating(t testing.TB, n int) []corpora.Document {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	var docs []corpora.Document
	for i := range n {
		name := fmt.Sprintf("%c%c%c%c", 'a'+rng.IntN(26), 'a'+rng.IntN(26), 'a'+rng.IntN(26), 'a'+rng.IntN(26))
		text := fmt.Sprintf("My aunt bought %s. Then %s was seen.", name, name)
		if i%2 == 0 {
			text = fmt.Sprintf("They suffered from [%s|Disease]. Then [%s|Disease] was seen.", name, name)
		}
		docs = append(docs, annotated(t, fmt.Sprintf("d%d", i), text))
	}
	return docs
}

// TestAgree: what the first sentence of a document tells decides on the second, which alone could be either.
func TestAgree(t *testing.T) {
	x := build(t, repeating(t, 400), Learner(settings(2)))
	_, m := modelOf(t, x)
	if !m.Agrees() {
		t.Fatal("nothing was learned of documents")
	}
	scoreOf := func(sentences ...string) (last float64) {
		var list []Proposed
		for _, s := range sentences {
			list = append(list, Proposed{s, corpora.Tokenize(s), m.Propose(seenOf(t, x, s))})
		}
		m.Agree(list)
		for _, f := range list[len(list)-1].Mentions[0] {
			last = max(last, f.Score)
		}
		return last
	}
	alone := scoreOf("Then qwvx was seen.")
	sick, bought := scoreOf("They suffered from qwvx.", "Then qwvx was seen."), scoreOf("My aunt bought qwvx.", "Then qwvx was seen.")
	if alone < 0.2 || alone > 0.8 || sick < 0.9 || bought > 0.1 {
		t.Errorf("alone %.3f, after a disease %.3f, after another thing %.3f", alone, sick, bought)
	}
}

// TestSingleSentences: where every document is one sentence, nothing is learned of documents.
func TestSingleSentences(t *testing.T) {
	x := build(t, invented(t, 400), Learner(settings(2)))
	if _, m := modelOf(t, x); m.Agrees() {
		t.Error("agreement was learned")
	}
}
