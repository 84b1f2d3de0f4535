package corpora

import (
	"iter"
	"slices"
	"strings"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Segment gives the sentences of doc with their tokens: doc.Sentences when there are any (tokenised where they
// have no tokens), else those of its Text by rule. White space between sentences belongs to none.
//
// The rules start from the sentences of UAX #29 and repair them for biomedical and clinical text:
//
//   - A blank line ends a sentence. A single line end ends one before or after a heading, before a list item,
//     after closing punctuation, and where the line was ended long before the paragraph's width and the next
//     begins with a capital; other wrapped lines go on.
//   - A point after an abbreviation, a title, an initial, a genus ("E. coli") or an item number ends nothing,
//     unless a word follows that usually begins a sentence ("hepatitis B. The"); nor does any point before a
//     lower-case word, or a number that has a blank in it ("0. 05").
//   - A point after an ordinary word and before a number ends a sentence, which UAX #29 leaves open.
//   - A sentence of more than 200 tokens is cut at its best inner border: line, semicolon, comma, blank.
func Segment(doc Document) []Sentence { return slices.Collect(Sentences(doc)) }

// Sentences yields what Segment gives. The tokens of a long text take three times its room, so it makes each sentence only
// when it is its turn.
func Sentences(doc Document) iter.Seq[Sentence] {
	if len(doc.Sentences) > 0 {
		return stated(doc)
	}
	return func(yield func(Sentence) bool) {
		n := 0
		for _, f := range sentenceBorders(doc.Text) {
			tokens := Tokenize(doc.Text[f.Start:f.End])
			for _, piece := range cutLong(doc.Text[f.Start:f.End], tokens) {
				if !yield(pieceSentence(doc, f.Start, tokens[piece.Start:piece.End], n)) {
					return
				}
				n++
			}
		}
	}
}

// pieceSentence is the sentence made of tokens, which are relative to base.
func pieceSentence(doc Document, base int, tokens []Token, index int) Sentence {
	first, last := tokens[0].Start, tokens[len(tokens)-1].End
	s := Sentence{DocID: doc.ID, Index: index, Text: doc.Text[base+first : base+last], Offset: base + first}
	s.Tokens = make([]Token, len(tokens))
	for i, t := range tokens {
		s.Tokens[i] = Token{t.Start - first, t.End - first}
	}
	return s
}

// stated yields the document's own sentences, complete.
func stated(doc Document) iter.Seq[Sentence] {
	return func(yield func(Sentence) bool) {
		for i, s := range doc.Sentences {
			s.DocID, s.Index = doc.ID, i
			if s.Tokens == nil {
				s.Tokens = Tokenize(s.Text)
			}
			if !yield(s) {
				return
			}
		}
	}
}

// sentenceBorders gives the sentences of text as stretches that begin and end with a token.
func sentenceBorders(text string) []Fragment {
	var found []Fragment
	start, rules := 0, splitter{text: text}
	for _, border := range candidates(text) {
		if border < len(text) && !rules.isBorder(start, border) {
			continue
		}
		if f, ok := trim(text, start, border); ok {
			found = append(found, f)
		}
		start = border
	}
	return found
}

// candidates are the ends of UAX #29's sentences, and the places that it leaves open.
func candidates(text string) []int {
	var ends []int
	it := sentences.FromString(text)
	for it.Next() {
		ends = appendInner(ends, text, it.Start(), it.End())
		ends = append(ends, it.End())
	}
	return ends
}

// appendInner adds the places where point, blank and digit follow one another, and page breaks.
func appendInner(ends []int, text string, start, end int) []int {
	for i := start; i < end-1; i++ {
		switch {
		case text[i] == '\f':
			ends = append(ends, i+1)
		case text[i] == '.' && i+2 < end && text[i+1] == ' ' && asciiClass[text[i+2]] == asciiDigit:
			ends = append(ends, i+2)
		}
	}
	return ends
}

// trim drops the white space at both ends; ok is false when nothing else is there.
func trim(text string, start, end int) (f Fragment, ok bool) {
	body := strings.TrimLeftFunc(text[start:end], IsSpace)
	start = end - len(body)
	body = strings.TrimRightFunc(body, IsSpace)
	return Fragment{start, start + len(body)}, body != ""
}
