package score

import (
	"strings"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// ink is text without white space. Two tokenised copies of a text often differ only in how their tokens were
// joined again.
func ink(text string) string { return strings.Join(strings.FieldsFunc(text, corpora.IsSpace), "") }

// sameInk reports whether a and b differ in white space at most.
func sameInk(a, b string) bool { return a == b || ink(a) == ink(b) }

// realign carries doc's entities over to text, whose ink is the same. White space at the borders of a fragment
// falls away; a fragment of white space alone disappears.
func realign(doc corpora.Document, text string) corpora.Document {
	before, at := inkBefore(doc.Text), inkAt(text)
	moved := make([]corpora.Entity, 0, len(doc.Entities))
	for _, e := range doc.Entities {
		var fragments []corpora.Fragment
		for _, f := range e.Fragments {
			first, after := before[clamp(f.Start, len(doc.Text))], before[clamp(f.End, len(doc.Text))]
			if first < after {
				fragments = append(fragments, corpora.Fragment{Start: at[first], End: at[after-1] + 1})
			}
		}
		e.Fragments = fragments
		moved = append(moved, e)
	}
	doc.Entities, doc.Text, doc.Sentences = moved, text, nil
	return doc
}

func clamp(at, length int) int { return min(max(at, 0), length) }

// inkBefore is, for each byte of text and its end, how many ink bytes stand before.
func inkBefore(text string) []int {
	before := make([]int, len(text)+1)
	n := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		for range size {
			before[i] = n
			i++
			if !corpora.IsSpace(r) {
				n++
			}
		}
	}
	before[len(text)] = n
	return before
}

// inkAt is, for each ink byte of text, where it stands.
func inkAt(text string) []int {
	at := make([]int, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		for range size {
			if !corpora.IsSpace(r) {
				at = append(at, i)
			}
			i++
		}
	}
	return at
}
