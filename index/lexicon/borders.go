package lexicon

import (
	"slices"
	"sort"

	"github.com/ragner/ragner/corpora"
)

// Borders counts, over the indexed sentences, whether mentions went on over the word beside a found surface: what the
// lexicon knows often stands inside a longer mention, as in "bilateral sporadic [aniridia]". Each sentence is matched
// with its own annotations held out, so that the counts are those of unseen text.
type Borders map[Beside]Tally

// Beside is a word next to a surface that has a label: on its left or right.
type Beside struct {
	Side  Side
	Word  string // normalised; "" for all words together
	Label string
}

// Side is left or right of a surface.
type Side uint8

// The two sides.
const (
	Left Side = iota
	Right
)

// Tally counts mentions that reached up to a word: Inside are those that went on over it.
type Tally struct{ Inside, Outside int }

// learnPrior is the least prior of the surfaces from which borders are learned and that are widened.
const learnPrior = 0.2

// growWeight is what the share of all words on a side is worth, in occurrences, beside a word's own counts.
const growWeight = 2.0

func (b Borders) add(key Beside, t Tally) {
	sum := b[key]
	b[key] = Tally{sum.Inside + t.Inside, sum.Outside + t.Outside}
}

// learn counts in a sentence of which the lexicon would have known some candidates.
func (b Borders) learn(a corpora.Annotated, unseen []Candidate) {
	tokens := corpora.Tokenize(a.Text)
	words := Words(a.Text, tokens)
	for _, c := range unseen {
		gold, ok := goldAround(a.Entities, c)
		if !ok {
			continue
		}
		first, last := wordsAt(words, tokens, c.Fragment)
		from, to := wordsAt(words, tokens, gold)
		b.walk(Left, words, first, from-1, c.Label)
		b.walk(Right, words, last, to+1, c.Label)
	}
}

// wordsAt are the first and last word that lie within a stretch; -1 when there is none.
func wordsAt(words []Word, tokens []corpora.Token, f corpora.Fragment) (first, last int) {
	first = sort.Search(len(words), func(i int) bool { return tokens[words[i].Token].Start >= f.Start })
	last = sort.Search(len(words), func(i int) bool { return tokens[words[i].Token].End > f.End }) - 1
	if first > last {
		return -1, -1
	}
	return first, last
}

// goldAround is the shortest annotated mention of the candidate's label that contains it.
func goldAround(entities []corpora.Entity, c Candidate) (corpora.Fragment, bool) {
	var found corpora.Fragment
	ok := false
	for _, e := range entities {
		g := corpora.Fragment{Start: e.Start(), End: e.End()}
		inside := len(e.Fragments) == 1 && e.Label == c.Label && g.Start <= c.Fragment.Start && c.Fragment.End <= g.End
		if inside && (!ok || g.End-g.Start < found.End-found.Start) {
			found, ok = g, true
		}
	}
	return found, ok
}

// walk counts the words from a surface's border up to the first one outside the mention.
func (b Borders) walk(s Side, words []Word, from, stop int, label string) {
	step := 1
	if s == Left {
		step = -1
	}
	for i := from + step; i >= 0 && i < len(words); i += step {
		t := Tally{Inside: 1}
		if i == stop {
			t = Tally{Outside: 1}
		}
		b.add(Beside{s, words[i].Norm, label}, t)
		b.add(Beside{s, "", label}, t)
		if i == stop {
			return
		}
	}
}

// goesOn is the chance that a mention that reaches up to word also covers it, without what held counted.
func (b Borders) goesOn(s Side, word, label string, held Borders) float64 {
	t, all := b.without(held, Beside{s, word, label}), b.without(held, Beside{s, "", label})
	share := float64(all.Inside) / float64(all.Inside+all.Outside+1)
	return (float64(t.Inside) + growWeight*share) / (float64(t.Inside+t.Outside) + growWeight)
}

func (b Borders) without(held Borders, key Beside) Tally {
	t, h := b[key], held[key]
	return Tally{t.Inside - h.Inside, t.Outside - h.Outside}
}

// Widen moves the borders of candidates, which must not overlap, out over words that mentions more likely cover
// than not. A widened candidate's prior is multiplied by the least chance on the way, and its source is "border".
// held, nil for an unseen sentence, is not counted.
func (l *Lexicon) Widen(s corpora.Sentence, found []Candidate, held *HeldOut) []Candidate {
	if len(l.borders) == 0 {
		return found
	}
	tokens := corpora.Tokenize(s.Text)
	words := Words(s.Text, tokens)
	out := slices.Clone(found)
	for i, c := range out {
		first, last := wordsAt(words, tokens, c.Fragment)
		if first < 0 || c.Prior < learnPrior {
			continue
		}
		from, to, share := l.widest(words, span{first, last, c.Label, nil}, held.bordersHeld())
		if from == first && to == last {
			continue
		}
		c.Fragment = corpora.Fragment{Start: tokens[words[from].Token].Start, End: tokens[words[to].Token].End}
		c.Surface, c.Source, c.Prior = s.Text[c.Fragment.Start:c.Fragment.End], "border", c.Prior*share
		out[i] = c
	}
	return out
}

// widest moves the borders of a stretch of words.
func (l *Lexicon) widest(words []Word, at span, held Borders) (first, last int, share float64) {
	first, last, share = at.first, at.last, 1
	for ; first > 0; first-- {
		p := l.borders.goesOn(Left, words[first-1].Norm, at.label, held)
		if p <= 0.5 {
			break
		}
		share = min(share, p)
	}
	for ; last < len(words)-1; last++ {
		p := l.borders.goesOn(Right, words[last+1].Norm, at.label, held)
		if p <= 0.5 {
			break
		}
		share = min(share, p)
	}
	return first, last, share
}
