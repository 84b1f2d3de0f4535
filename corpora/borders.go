package corpora

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter decides on the borders of one text.
type splitter struct {
	text      string
	paragraph Fragment // the paragraph looked at last
	width     int      // the length of its longest line
}

// isBorder decides whether the sentence that began at start ends at border, a candidate inside the text.
func (s *splitter) isBorder(start, border int) bool {
	before := strings.TrimRightFunc(s.text[start:border], IsSpace)
	after := strings.TrimLeftFunc(s.text[border:], IsSpace)
	if before == "" || after == "" {
		return true
	}
	end, next := start+len(before), len(s.text)-len(after)
	breaks := lineBreaks(s.text[end:next])
	switch {
	case breaks > 1:
		return true
	case breaks == 1 && s.lineBorder(before, end, next):
		return true
	}
	return closes(before, after, next > end)
}

// lineBreaks counts the line ends in a stretch of white space; "\r\n" is one, a paragraph separator two.
func lineBreaks(gap string) int {
	n := 0
	for i, r := range gap {
		switch r {
		case '\n', '\u0085', '\u2028':
			n++
		case '\r':
			if !strings.HasPrefix(gap[i:], "\r\n") {
				n++
			}
		case '\f', '\u2029':
			n += 2
		}
	}
	return n
}

// closes reports whether a sentence can end with before when after follows, parted by white space or at once.
func closes(before, after string, parted bool) bool {
	body := strings.TrimRightFunc(before, isCloser)
	last, size := utf8.DecodeLastRuneInString(body)
	if !unicode.Is(unicode.Sentence_Terminal, last) && last != '…' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case unicode.IsLower(next):
		return false
	case last != '.':
		return true
	}
	return parted && !keepsOpen(lastWord(body[:len(body)-size]), body, after, next)
}

// isCloser reports quotes, brackets and white space that may stand between a sentence's final point and its end.
func isCloser(r rune) bool {
	return r == '"' || r == '\'' || unicode.Is(unicode.Pe, r) || unicode.Is(unicode.Pf, r) || IsSpace(r)
}

// lastWord is the last stretch of letters, digits and inner points: "e.g" of "(e.g".
func lastWord(s string) string {
	start := strings.LastIndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '.'
	})
	if start < 0 {
		return s
	}
	_, size := utf8.DecodeRuneInString(s[start:])
	return s[start+size:]
}
