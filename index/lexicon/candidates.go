package lexicon

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Candidate is one stretch of a sentence that the lexicon knows, with one label it may have.
type Candidate struct {
	Text     string           // of the sentence
	Fragment corpora.Fragment // bytes of Text
	Surface  string
	Label    string
	Prior    float64
	Source   string // how it was found: "lexicon" as it stands, or "plural", "spelling", "order", "fuzzy", "abbreviation", "border"
	Entry    Entry  // of the surface, or of the long form
}

// Candidates lists all that the lexicon knows of a sentence, overlapping stretches too, by start, then end, then
// falling prior. What held holds, nil for an unseen sentence, is taken out of the counts first.
func (l *Lexicon) Candidates(s corpora.Sentence, held *HeldOut) []Candidate {
	p := parse(s.Text)
	defer p.release()
	var all []Candidate
	for _, r := range l.runs(nil, p) {
		if m, ok := l.match(p, r); ok {
			all = l.appendPriors(all, p, r, found{m, sourceOf(m, held), 1}, held)
		}
	}
	sortCandidates(all)
	return all
}

// found is a match with how it was found, and what that is worth beside an exact one, 0 to 1.
type found struct {
	Match
	source string
	trust  float64
}

// appendPriors adds a candidate for each label that a match may have.
func (l *Lexicon) appendPriors(dst []Candidate, p *parsed, r run, m found, held *HeldOut) []Candidate {
	f := p.fragment(r.first, r.last)
	for _, prior := range l.Priors(m.Entry, m.Surface, held.of(m.Match)) {
		dst = append(dst, Candidate{p.text, f, p.text[f.Start:f.End], prior.Label, prior.Prior * m.trust, m.source, held.entry(m.Entry)})
	}
	return dst
}

// sourceOf tells a surface that is known as it stands, but for case, hyphens and apostrophes, from one of which only the
// other number is known.
func sourceOf(m Match, held *HeldOut) string {
	written := unnumbered(m.Surface)
	for _, v := range m.Entry.Variants {
		if v.Surface == m.Surface || unnumbered(v.Surface) == written {
			if v.Named || v.Seen > held.spelledSeen(m.Entry.Key, v.Surface) {
				return "lexicon"
			}
		}
	}
	return "plural"
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
