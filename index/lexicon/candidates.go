package lexicon

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Candidate is one stretch of a sentence that the lexicon knows, with one label it may have.
type Candidate struct {
	Fragment corpora.Fragment // bytes of the sentence
	Surface  string
	Label    string
	Prior    float64
	Source   string // "lexicon", or "abbreviation": known by the long form that the text defines
	Entry    Entry  // of the surface, or of the long form
}

// Candidates lists all that the lexicon knows of a sentence, overlapping stretches too, by start, then end, then
// falling prior. What held holds, nil for an unseen sentence, is taken out of the counts first.
func (l *Lexicon) Candidates(s corpora.Sentence, held *HeldOut) []Candidate {
	tokens := corpora.Tokenize(s.Text)
	words := Words(s.Text, tokens)
	var all []Candidate
	for _, m := range l.matches(s.Text, tokens, words) {
		f := corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
		for _, p := range l.Priors(m.Entry, m.Surface, held.of(m)) {
			all = append(all, Candidate{f, s.Text[f.Start:f.End], p.Label, p.Prior, "lexicon", held.entry(m.Entry)})
		}
	}
	sortCandidates(all)
	return all
}

func (l *Lexicon) matches(text string, tokens []corpora.Token, words []Word) (matches []Match) {
	for start := range words {
		matches = l.matchesFrom(matches, text, tokens, words[start:])
	}
	return matches
}

func sortCandidates(all []Candidate) {
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(
			cmp.Compare(a.Fragment.Start, b.Fragment.Start),
			cmp.Compare(a.Fragment.End, b.Fragment.End),
			cmp.Compare(b.Prior, a.Prior),
			strings.Compare(a.Label, b.Label),
		)
	})
}

// Longest keeps candidates with at least the prior, none overlapping another stretch, longer stretches first,
// then the better prior. Labels that share a stretch stay together. The result is in text order.
func Longest(all []Candidate, least float64) []Candidate {
	ranked := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return c.Prior < least })
	slices.SortStableFunc(ranked, func(a, b Candidate) int {
		return cmp.Or(
			cmp.Compare(b.Fragment.End-b.Fragment.Start, a.Fragment.End-a.Fragment.Start),
			cmp.Compare(b.Prior, a.Prior),
		)
	})
	kept, taken := make([]Candidate, 0, len(ranked)), newOccupied(ranked)
	for _, c := range ranked {
		if taken.take(c.Fragment) {
			kept = append(kept, c)
		}
	}
	slices.SortStableFunc(kept, func(a, b Candidate) int { return cmp.Compare(a.Fragment.Start, b.Fragment.Start) })
	return kept
}

// occupied is what kept stretches cover of a text, so that a text of any length takes linear time.
type occupied struct {
	bytes []bool
	whole map[corpora.Fragment]bool
}

func newOccupied(all []Candidate) occupied {
	end := 0
	for _, c := range all {
		end = max(end, c.Fragment.End)
	}
	return occupied{make([]bool, end), make(map[corpora.Fragment]bool, len(all))}
}

// take covers a stretch; it reports whether the stretch was free or taken as it stands.
func (o occupied) take(f corpora.Fragment) bool {
	if o.whole[f] {
		return true
	}
	if slices.Contains(o.bytes[f.Start:f.End], true) {
		return false
	}
	for i := f.Start; i < f.End; i++ {
		o.bytes[i] = true
	}
	o.whole[f] = true
	return true
}
