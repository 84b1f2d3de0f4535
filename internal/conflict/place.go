package conflict

import (
	"strings"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// contextRunes is how much of the sentence is shown on either side of a place.
const contextRunes = 36

// place is where a stretch of a sentence stands.
func (s *sentence) place(f corpora.Fragment) Place {
	return Place{
		Document: s.DocID, Sentence: s.Index,
		Start: utf8.RuneCountInString(s.Text[:f.Start]), End: utf8.RuneCountInString(s.Text[:f.End]),
		Context: before(s.Text[:f.Start]) + "[" + s.Text[f.Start:f.End] + "]" + after(s.Text[f.End:]),
	}
}

// whole is the place of a sentence as such.
func (s *sentence) whole() Place {
	return Place{Document: s.DocID, Sentence: s.Index, End: utf8.RuneCountInString(s.Text), Context: s.Text}
}

// before is the end of a text, cut at a word where it is cut.
func before(text string) string {
	at, n := len(text), 0
	for at > 0 && n < contextRunes {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at, n = at-size, n+1
	}
	if at == 0 {
		return text
	}
	if i := strings.IndexByte(text[at:], ' '); i >= 0 {
		at += i + 1
	}
	return "…" + text[at:]
}

// after is the beginning of a text, cut at a word where it is cut.
func after(text string) string {
	at, n := 0, 0
	for at < len(text) && n < contextRunes {
		_, size := utf8.DecodeRuneInString(text[at:])
		at, n = at+size, n+1
	}
	if at == len(text) {
		return text
	}
	if i := strings.LastIndexByte(text[:at], ' '); i >= 0 {
		at = i
	}
	return text[:at] + "…"
}

// spot is a stretch of words of a sentence.
type spot struct{ sentence, first, last int }

// reading lists the spots of a reading, all of them or the first few.
func (c *corpus) reading(as string, spots []spot, most int) Reading {
	r := Reading{As: as, Count: len(spots)}
	for _, p := range spots[:min(most, len(spots))] {
		s := &c.sentences[p.sentence]
		r.Places = append(r.Places, s.place(s.extent(p.first, p.last)))
	}
	return r
}
