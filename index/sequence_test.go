package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/testkit/torture"
)

var noContext = context.Background()

// step is one operation of a sequence. What it does depends on nothing but itself, so that a failing sequence can be made
// shorter.
type step struct {
	kind string // "build", "add", "reopen", "words", "vectors", "terms", "lexicon"
	seed uint64
}

var stepKinds = []string{"build", "add", "add", "reopen", "words", "words", "vectors", "terms", "lexicon", "lexicon"}

func (s step) String() string { return fmt.Sprintf("%s(%d)", s.kind, s.seed) }

var invented = strings.Fields("kala miro tenu vopi ruda zeno lofi baka dumo gery")

// phrase is a few invented words; the fewer words there are the more often one of them comes again.
func phrase(r *rand.Rand, most int) string {
	words := make([]string, 1+r.IntN(most))
	for i := range words {
		words[i] = invented[r.IntN(len(invented))]
	}
	return strings.Join(words, " ")
}

// inventDocument makes a document of one to three sentences with mentions that do not overlap.
func inventDocument(r *rand.Rand, id string) corpora.Document {
	d := corpora.Document{ID: id}
	for range 1 + r.IntN(3) {
		if d.Text != "" {
			d.Text += " "
		}
		d.Text += "X"
		for range 1 + r.IntN(5) {
			p := phrase(r, 2)
			start := len(d.Text) + 1
			d.Text += " " + p
			if r.IntN(3) == 0 {
				label := []string{"A", "B"}[r.IntN(2)]
				d.Entities = append(d.Entities, corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: len(d.Text)}}})
			}
		}
		d.Text += "."
	}
	return d
}

// inventInput is what a build or an addition brings: some of eight documents, of four texts and of six terms.
func inventInput(seed uint64) (annotated, passages []corpora.Document, terms []corpora.Term) {
	r := rand.New(rand.NewPCG(seed, 1))
	for _, i := range r.Perm(8)[:r.IntN(5)] {
		annotated = append(annotated, inventDocument(r, fmt.Sprint("d", i)))
	}
	for _, i := range r.Perm(4)[:r.IntN(3)] {
		passages = append(passages, inventDocument(r, fmt.Sprint("p", i)))
	}
	for _, i := range r.Perm(6)[:r.IntN(4)] {
		t := corpora.Term{ID: fmt.Sprint("T:", i), Name: phrase(r, 3), Label: []string{"A", "C"}[i%2]}
		if other := phrase(r, 2); r.IntN(2) == 0 && other != t.Name {
			t.Synonyms = []corpora.Synonym{{Text: other, Scope: corpora.ScopeExact}}
		}
		terms = append(terms, t)
	}
	return annotated, passages, terms
}

// play runs a sequence against an index and the naive model side by side.
func play(dir string, sequence []step) (err error) {
	model := newNaive()
	if err := change(dir, step{"build", 0}, model); err != nil {
		return err
	}
	x, err := Open(dir, OpenOptions{})
	for i := 0; err == nil && i < len(sequence); i++ {
		s := sequence[i]
		switch s.kind {
		case "build", "add":
			err = errors.Join(change(dir, s, model), x.Close()) // readers may hold the old one meanwhile
			if err == nil {
				x, err = Open(dir, OpenOptions{})
			}
		case "reopen":
			if err = errors.Join(x.Close(), Check(dir)); err == nil {
				x, err = Open(dir, OpenOptions{Verify: true})
			}
		default:
			err = ask(x, s, model)
		}
		if err != nil {
			return fmt.Errorf("step %d, %v: %w", i+1, s, err)
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(model.holds(x), x.Err(), x.Close())
}

func change(dir string, s step, model *naive) error {
	annotated, passages, terms := inventInput(s.seed)
	o := sampleOptions()
	o.Add = s.kind == "add"
	in := Input{Corpora: []Corpus{corpus("a", annotated...)}, Passages: []Corpus{corpus("p", passages...)}, Ontologies: []Ontology{{Terms: terms}}}
	_, err := Build(noContext, dir, in, o)
	model.take(o.Add, annotated, passages, terms)
	return err
}

func ask(x *Index, s step, model *naive) error {
	r := rand.New(rand.NewPCG(s.seed, 2))
	query := phrase(r, 6)
	switch s.kind {
	case "words":
		return errors.Join(model.finds(x.Sentences(), 0, query, false), model.finds(x.Passages(), 1, query, false))
	case "vectors":
		return errors.Join(model.finds(x.Sentences(), 0, query, true), model.finds(x.Passages(), 1, query, true))
	case "terms":
		return errors.Join(model.finds(x.Terms(), 2, query, false), model.finds(x.Terms(), 2, query, true))
	}
	return model.knows(x, query)
}

// TestSequences plays random sequences of builds, additions, replacements, reopenings and searches; each must agree with a
// naive model. One that does not is made shorter and told.
func TestSequences(t *testing.T) {
	seed := torture.Seed(t, 1)
	r := rand.New(rand.NewPCG(seed, 3))
	steps, builds := 0, 0
	for n := range torture.Scale(40, 10000) {
		sequence := make([]step, 4+r.IntN(12))
		for i := range sequence {
			sequence[i] = step{stepKinds[r.IntN(len(stepKinds))], r.Uint64N(1 << 32)}
			if strings.Contains("build add", sequence[i].kind) {
				builds++
			}
		}
		steps += len(sequence)
		if err := playAside(t, sequence); err != nil {
			sequence = shorten(t, sequence)
			t.Fatalf("sequence %d: %v\nof %v", n, playAside(t, sequence), sequence)
		}
	}
	torture.Report(t, "%d random sequences of %d operations, %d of them builds and additions, agree with the naive model; 0 differences", torture.Scale(40, 10000), steps, builds)
}

func playAside(t *testing.T, sequence []step) error {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	return play(dir, sequence)
}

// shorten leaves out what a failure does not need.
func shorten(t *testing.T, sequence []step) []step {
	for i := 0; i < len(sequence); {
		shorter := slices.Delete(slices.Clone(sequence), i, i+1)
		if playAside(t, shorter) != nil {
			sequence = shorter
		} else {
			i++
		}
	}
	return sequence
}
