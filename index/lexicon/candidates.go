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
// falling prior. held are the sentence's own annotations when it stands in the index itself (a demonstration):
// they are taken out of the counts first, so that its hits are what an unseen sentence would have. For an unseen
// sentence inIndex is false.
func (l *Lexicon) Candidates(s corpora.Sentence, held []corpora.Entity, inIndex bool) []Candidate {
	tokens := corpora.Tokenize(s.Text)
	var all []Candidate
	for _, m := range l.Matches(s.Text, tokens) {
		f := corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
		for _, p := range l.Priors(m.Entry, m.Surface, heldOut(f, held, inIndex)) {
			all = append(all, Candidate{f, s.Text[f.Start:f.End], p.Label, p.Prior, "lexicon", m.Entry})
		}
	}
	sortCandidates(all)
	return all
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

// heldOut mirrors how the lexicon counted the occurrence at f: not at all inside a longer mention.
func heldOut(f corpora.Fragment, held []corpora.Entity, inIndex bool) Held {
	if !inIndex {
		return Held{}
	}
	out := Held{Seen: 1}
	for _, e := range held {
		if len(e.Fragments) != 1 {
			continue
		}
		g := e.Fragments[0]
		if g == f {
			out.Label = e.Label
		} else if g.Start <= f.Start && f.End <= g.End {
			return Held{}
		}
	}
	return out
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
	var kept []Candidate
	for _, c := range ranked {
		if !slices.ContainsFunc(kept, func(k Candidate) bool { return k.Fragment != c.Fragment && overlap(k.Fragment, c.Fragment) }) {
			kept = append(kept, c)
		}
	}
	slices.SortStableFunc(kept, func(a, b Candidate) int { return cmp.Compare(a.Fragment.Start, b.Fragment.Start) })
	return kept
}

func overlap(a, b corpora.Fragment) bool { return a.Start < b.End && b.Start < a.End }
