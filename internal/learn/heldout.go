package learn

import (
	"fmt"
	"math"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
)

// The first fold's sentences stay with the model, together with what the model that was learned without them made of
// them: they alone show what the learned tagger is like on text that it has not seen, and so how far a second opinion is
// to be believed where it is in doubt.

// mostHeld bounds how many sentences are kept.
const mostHeld = 5000

// held is what a model's file keeps of them.
type held struct {
	Doubts    []float64      `json:"doubts,omitempty"` // quantiles of their doubts, from the least to the greatest in equal steps
	Sentences []heldSentence `json:"sentences,omitempty"`
}

// heldSentence is a sentence with what was found in it, by group: first and last token, number of the label in the
// group, probability in ten thousandths.
type heldSentence struct {
	Document string     `json:"d"`
	Sentence int        `json:"s"`
	Found    [][][4]int `json:"f"`
}

// quantileSteps are the steps of the quantiles of doubt.
const quantileSteps = 200

// HeldOut is an annotated sentence as the learned tagger sees it that did not learn from it.
type HeldOut struct {
	corpora.Annotated                   // with tokens of corpora.Tokenize and its document's id
	Abbreviations     map[string]string // that its document defines
	Exclude           []string          // documents that must not be shown for it, its own among them
	Proposals         [][]Mention       // by group, with calibrated scores; those below one in twenty are left out
}

// Has reports whether just this stretch of the sentence, in bytes of its text, is annotated with the label.
func (h HeldOut) Has(span corpora.Fragment, label string) bool {
	return slices.ContainsFunc(h.Entities, func(e corpora.Entity) bool {
		return e.Label == label && len(e.Fragments) == 1 && e.Fragments[0] == span
	})
}

// Doubt is how many mentions of a sentence are likely decided wrongly: the sum of the chances that what is proposed is
// the other way round than it seems. It is 0 where the tagger is sure.
func Doubt(proposed [][]Mention) float64 {
	sum := 0.0
	for _, group := range proposed {
		for _, m := range group {
			sum += min(m.Score, 1-m.Score)
		}
	}
	return sum
}

// DoubtOf is the doubt from which on a share of sentences like those of the index lie, share from 0 to 1. Where nothing
// is known of them it is that of one mention of a tenth.
func (m *Model) DoubtOf(share float64) float64 {
	const unknown = 0.1
	q := m.held.Doubts
	if len(q) == 0 {
		return unknown
	}
	return q[len(q)-1-int(share*float64(len(q)-1)+0.5)]
}

// HeldOut lists the sentences that were held out, in the order of the index that the model belongs to.
func (m *Model) HeldOut(x *index.Index) ([]HeldOut, error) {
	src := newSource(x)
	numbers := make(map[string]int, len(src.documents))
	for i, d := range src.documents {
		numbers[d.ID] = i
	}
	var out []HeldOut
	for _, s := range m.held.Sentences {
		i, ok := numbers[s.Document]
		if !ok {
			return nil, fmt.Errorf("%w: it names a document that the index does not hold", ErrDamaged)
		}
		doc := src.documents[i]
		sentences, _ := corpora.Annotate(doc)
		if s.Sentence < 0 || s.Sentence >= len(sentences) {
			return nil, fmt.Errorf("%w: it names a sentence that its document does not have", ErrDamaged)
		}
		a := sentences[s.Sentence]
		a.Tokens = tokensOf(a.Sentence)
		found, err := m.restore(s, len(a.Tokens))
		if err != nil {
			return nil, err
		}
		out = append(out, HeldOut{a, lexicon.Abbreviations(doc.Text), src.exclude[i], found})
	}
	return out, nil
}

// restore makes mentions of what was kept.
func (m *Model) restore(s heldSentence, tokens int) ([][]Mention, error) {
	if len(s.Found) != len(m.groups) {
		return nil, fmt.Errorf("%w: a held-out sentence has %d groups of %d", ErrDamaged, len(s.Found), len(m.groups))
	}
	out := make([][]Mention, len(s.Found))
	for i, list := range s.Found {
		labels := m.groups[i].Labels
		for _, f := range list {
			if f[0] < 0 || f[1] < f[0] || f[1] >= tokens || f[2] < 0 || f[2] >= len(labels) {
				return nil, fmt.Errorf("%w: a held-out mention lies outside of its sentence", ErrDamaged)
			}
			out[i] = append(out[i], Mention{f[0], f[1], labels[f[2]], float64(f[3]) / heldScale})
		}
	}
	return out, nil
}

const heldScale = 10_000

// recorder gathers what the groups' models find in the sentences of the first fold.
type recorder struct {
	all       *collection
	documents []corpora.Document
	found     map[int][][][4]int // by example: by group
	groups    int
	done      int
}

func newRecorder(all *collection, s source, groups int) *recorder {
	r := &recorder{all: all, documents: s.documents, found: map[int][][][4]int{}, groups: groups}
	for i, fold := range all.folds {
		if fold == 0 {
			r.found[i] = make([][][4]int, groups)
		}
	}
	return r
}

// add takes what the next group's models found in held-out sentences.
func (r *recorder) add(list []tagged, labels []string) {
	numbers := numbered(labels)
	for _, t := range list {
		of := r.found[t.example]
		if of == nil {
			continue // of another fold
		}
		for _, f := range t.found {
			of[r.done] = append(of[r.done], [4]int{f.First, f.Last, numbers[f.Label], int(math.Round(f.Score * heldScale))})
		}
	}
	r.done++
}

// record is what is kept: all sentences in which something is in doubt, up to the greatest number.
func (r *recorder) record() held {
	var h held
	var doubts []float64
	for i, fold := range r.all.folds {
		if fold != 0 {
			continue
		}
		doubt := doubtOf(r.found[i])
		doubts = append(doubts, doubt)
		if doubt > 0 && len(h.Sentences) < mostHeld {
			p := r.all.places[i]
			h.Sentences = append(h.Sentences, heldSentence{r.documents[p.document].ID, p.sentence, r.found[i]})
		}
	}
	h.Doubts = quantiles(doubts)
	return h
}

func doubtOf(found [][][4]int) float64 {
	sum := 0
	for _, list := range found {
		for _, f := range list {
			sum += min(f[3], heldScale-f[3])
		}
	}
	return float64(sum) / heldScale
}

// quantiles are those of values in equal steps, the least and the greatest among them; nil of none.
func quantiles(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	list := make([]float64, quantileSteps+1)
	for i := range list {
		list[i] = values[i*(len(values)-1)/quantileSteps]
	}
	return list
}
