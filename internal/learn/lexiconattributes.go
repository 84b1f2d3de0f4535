package learn

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

var (
	kSpan      = kind("span")
	kSpanStep  = kind("span's prior")
	kSpanFrom  = kind("span's source")
	kSpanKnown = kind("span's entry")
	kSpanLong  = kind("span's length")
	kSpanWord  = kind("span and word")
	kSpanBrief = kind("span and shape")
	kBeside    = kind("beside a span")
	kSideWord  = kind("beside a span, word")
	kAny       = kind("candidate")
	kNamed     = kind("candidate with a term")
	kBest      = kind("best candidate")
	kShort     = kind("short form")
	kShortWord = kind("short form's word")
	kShortEnd  = kind("short form's ending")
	kLong      = kind("long form")
)

// spanAttributes are those of the likely mentions that the lexicon knows: the part that a token has in one, with its
// label, prior, source and length, and the words at its borders.
func (v *view) spanAttributes() {
	for _, c := range v.Spans {
		first, last, ok := within(v.tokens, c.Fragment)
		if !ok {
			continue
		}
		label, prior := xxhash.Sum64String(c.Label), level(c.Prior)
		source, known := xxhash.Sum64String(c.Source), knownAs(c)
		for i := first; i <= last; i++ {
			m := mix(label, partOf(i, first, last))
			v.add(i, kSpan, m)
			v.add(i, kSpanStep, m, prior)
			v.add(i, kSpanFrom, m, prior, source)
			v.add(i, kSpanKnown, m, known)
			v.add(i, kSpanLong, m, uint64(min(last-first, 4)))
			for o := -1; o <= 1; o++ {
				v.add(i, kSpanWord, at(o), m, v.near(i, o).norm)
			}
			v.add(i, kSpanBrief, m, v.words[i].brief)
		}
		v.beside(first-1, at(-1), label, prior)
		v.beside(last+1, at(1), label, prior)
	}
}

func (v *view) beside(i int, side, label, prior uint64) {
	v.addNear(i, kBeside, side, label, prior)
	v.addNear(i, kSideWord, side, label, v.near(i, 0).norm)
}

// knownAs says from what a candidate's key is known: how often it stands annotated, a term's name, a synonym.
func knownAs(c lexicon.Candidate) uint64 {
	known := uint64(min(c.Entry.Total(), 3))
	for _, t := range c.Entry.Terms {
		if t.Primary {
			known |= 8
		} else {
			known |= 4
		}
	}
	return known
}

// candidateAttributes are those of all candidates, overlaps too: the part in each, and for each label the best prior of
// those that cover a token.
func (v *view) candidateAttributes() {
	type cover struct {
		label string
		prior float64
	}
	covers := make([][]cover, len(v.words))
	for _, c := range v.Candidates {
		first, last, ok := within(v.tokens, c.Fragment)
		if !ok {
			continue
		}
		label := xxhash.Sum64String(c.Label)
	tokens:
		for i := first; i <= last; i++ {
			m := mix(label, partOf(i, first, last))
			v.add(i, kAny, m, level(c.Prior))
			if len(c.Entry.Terms) > 0 {
				v.add(i, kNamed, m)
			}
			for k := range covers[i] {
				if covers[i][k].label == c.Label {
					covers[i][k].prior = max(covers[i][k].prior, c.Prior)
					continue tokens
				}
			}
			covers[i] = append(covers[i], cover{c.Label, c.Prior})
		}
	}
	for i, list := range covers {
		for _, c := range list {
			label, prior := xxhash.Sum64String(c.label), level(c.prior)
			for o := -1; o <= 1; o++ {
				v.addNear(i+o, kBest, at(-o), label, prior)
			}
		}
	}
}

// abbreviationAttributes give a short form the last word of its long form, and mark the long form.
func (v *view) abbreviationAttributes() {
	for short, long := range v.Abbreviations {
		w := newWord(long[strings.LastIndexAny(long, " -")+1:])
		for i := range v.words {
			if v.words[i].text == short {
				v.add(i, kShort)
				v.add(i, kShortWord, w.norm)
				v.add(i, kShortEnd, w.suffix[2])
				v.add(i, kShortEnd, w.suffix[3])
			}
		}
		k := strings.Index(v.Sentence.Text, long)
		if k < 0 {
			continue
		}
		if first, last, ok := within(v.tokens, corpora.Fragment{Start: k, End: k + len(long)}); ok {
			for i := first; i <= last; i++ {
				v.add(i, kLong, partOf(i, first, last))
			}
		}
	}
}
