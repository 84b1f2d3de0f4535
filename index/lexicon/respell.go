package lexicon

import (
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
)

// respellTrust is what a match over a corrected word is worth beside an exact one.
const respellTrust = 0.6

// shortestRespelled is the least length, in bytes, of a word that may be corrected: shorter words have too many
// neighbours.
const shortestRespelled = 6

// Respelled adds names to a sentence's candidates in which a word of the sentence is spelled a little differently, as by a typing error. Only words
// for which known is false and that are no code or genitive are tried, each with the nearest word of the lexicon's names within one edit (two from nine
// bytes on); candidates have at least one such word and the source "fuzzy". held is not counted.
func (l *Lexicon) Respelled(s corpora.Sentence, known func(word string) bool, found []Candidate, held *HeldOut) []Candidate {
	p := parse(s.Text)
	defer p.release()
	changed := l.corrections(p, known, held)
	if len(changed) == 0 {
		return found
	}
	p.replace(changed)
	return merge(found, l.corrected(p, changed, held))
}

// corrections are the nearest known words of those that may be misspelled, by their place.
func (l *Lexicon) corrections(p *parsed, known func(word string) bool, held *HeldOut) map[int]string {
	changed := map[int]string{}
	for i := range p.words {
		form := string(p.normal(i, i))
		if len(form) < shortestRespelled || named(form) || known(form) {
			continue
		}
		if other, ok := l.nearest(form, held); ok {
			changed[i] = other
		}
	}
	return changed
}

// named reports words that differ from others on purpose: codes ("BRCA1") and Latin genitives, which name species
// ("Haemophilus influenzae").
func named(form string) bool {
	return strings.ContainsFunc(form, unicode.IsDigit) || strings.HasSuffix(form, "ae")
}

// corrected matches the words as corrected and keeps matches that a correction made.
func (l *Lexicon) corrected(p *parsed, changed map[int]string, held *HeldOut) []Candidate {
	var all []Candidate
	for _, r := range l.runs(nil, p) {
		made := false
		for i := r.first; i <= r.last; i++ {
			made = made || changed[i] != ""
		}
		if m, ok := l.match(p, r); ok && made {
			all = l.appendPriors(all, p, r, found{m, "fuzzy", respellTrust}, held)
		}
	}
	return all
}
