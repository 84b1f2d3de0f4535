package lexicon

import (
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// What a candidate's prior is worth once the text defines its short form: as the long form's, a little less sure,
// or, when the long form is no known surface, doubted.
const (
	abbreviationTrust = 0.9
	abbreviationDoubt = 0.5
)

// Expand adds the abbreviations that a text defines to the candidates of one of its sentences: where the long form
// is known, its short form gets the long form's labels; where it is not, the short form's own priors are lowered. What
// is known of a long form that stands in the sentence is what found says there. held is not counted.
func (l *Lexicon) Expand(s corpora.Sentence, found []Candidate, defined map[string]string, held *HeldOut) []Candidate {
	if len(defined) == 0 {
		return found
	}
	before := slices.Clone(found)
	for _, short := range slices.Sorted(maps.Keys(defined)) {
		for _, f := range occurrences(s, short) {
			found = expandAt(found, Candidate{Text: s.Text, Fragment: f, Surface: short}, l.longForm(s, before, defined[short], held))
		}
	}
	sortCandidates(found)
	return found
}

// longForm is what is known of a long form: the longest candidates that cover it to its end.
func (l *Lexicon) longForm(s corpora.Sentence, found []Candidate, long string, held *HeldOut) []Candidate {
	at := strings.Index(s.Text, long)
	if at < 0 {
		at, found = 0, l.Candidates(corpora.Sentence{Text: long}, held)
	}
	var best []Candidate
	for _, c := range found {
		inside := c.Fragment.Start >= at && c.Fragment.End == at+len(long) && (c.Source == "lexicon" || c.Source == "plural")
		if inside && (len(best) == 0 || c.Fragment.Start <= best[0].Fragment.Start) {
			best = append(best, c)
		}
	}
	return best
}

// expandAt gives what is known of the long form to the short form at a place.
func expandAt(found []Candidate, at Candidate, long []Candidate) []Candidate {
	for i := range found {
		if found[i].Fragment == at.Fragment && len(long) == 0 {
			found[i].Prior *= abbreviationDoubt
		}
	}
	for _, c := range long {
		if c.Prior *= abbreviationTrust; !raise(found, at.Fragment, c) {
			c.Text, c.Fragment, c.Surface, c.Source = at.Text, at.Fragment, at.Surface, "abbreviation"
			found = append(found, c)
		}
	}
	return found
}

// raise lifts a candidate that stands already; it reports whether there is one.
func raise(found []Candidate, at corpora.Fragment, c Candidate) bool {
	for i := range found {
		if found[i].Fragment == at && found[i].Label == c.Label {
			found[i].Prior = max(found[i].Prior, c.Prior)
			return true
		}
	}
	return false
}

// occurrences finds short as whole tokens of s, case kept.
func occurrences(s corpora.Sentence, short string) []corpora.Fragment {
	var found []corpora.Fragment
	if !strings.Contains(s.Text, short) {
		return nil
	}
	tokens := corpora.Tokenize(s.Text)
	for i := range tokens {
		for j := i; j < len(tokens) && tokens[j].End-tokens[i].Start <= len(short); j++ {
			if s.Text[tokens[i].Start:tokens[j].End] == short {
				found = append(found, corpora.Fragment{Start: tokens[i].Start, End: tokens[j].End})
			}
		}
	}
	return found
}
