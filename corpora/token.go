package corpora

import (
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// Tokenize splits text into fine-grained tokens, in order: the words of UAX #29, cut further so that the
// sequence is the same whether or not the text has blanks around its punctuation, as tokenised corpora do.
//
//   - Letters and digits stay together (G6PD, CD4, TGFβ1, 20mg), and so do digits joined by a single point or
//     comma (3.5, 1,000).
//   - Every other character is a token of its own: hyphens, slashes, points, apostrophes, underscores, plus
//     signs. "Alzheimer's" is Alzheimer, ', s.
//   - Han and Hiragana characters, and those of scripts that write no blanks, stand one by one.
//   - A combining mark or an invisible format character (soft hyphen, joiner) belongs to what it follows; an
//     emoji with its modifiers is one token.
//   - White space is in no token, and neither is what only separates or controls: see IsSpace. Every other code
//     point is in exactly one token. A byte that is not UTF-8 is a token.
func Tokenize(text string) []Token {
	return AppendTokens(make([]Token, 0, len(text)/5+1), text)
}

// AppendTokens is Tokenize into a slice that may be used again for the next text.
func AppendTokens(tokens []Token, text string) []Token {
	for i := 0; i < len(text); {
		switch class := asciiClass[text[i]]; class {
		case asciiSpace:
			i++
		case asciiPunct:
			tokens = append(tokens, Token{i, i + 1})
			i++
		default:
			end, ascii := wordRun(text, i)
			if ascii {
				tokens = append(tokens, Token{i, end})
			} else {
				tokens = appendUnicode(tokens, text, i, end)
			}
			i = end
		}
	}
	return tokens
}

// IsSpace reports whether r is in no token: Unicode white space, control characters, and the zero-width
// characters that separate or mark a text's beginning (U+200B, U+2060, U+FEFF).
func IsSpace(r rune) bool {
	switch r {
	case '\u200b', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

const (
	asciiPunct = iota
	asciiSpace
	asciiLetter
	asciiDigit
	notASCII
)

var asciiClass = func() (class [256]uint8) {
	for i := range class {
		r := rune(i)
		switch {
		case i >= utf8.RuneSelf:
			class[i] = notASCII
		case IsSpace(r):
			class[i] = asciiSpace
		case '0' <= r && r <= '9':
			class[i] = asciiDigit
		case unicode.IsLetter(r):
			class[i] = asciiLetter
		}
	}
	return class
}()

// wordRun finds the end of the run of letters, digits, decimal separators and non-ASCII bytes that begins at
// start, and whether it is all ASCII. UAX #29 need not look beyond such a run, as we always cut there.
func wordRun(text string, start int) (end int, ascii bool) {
	ascii = true
	for end = start; end < len(text); end++ {
		switch asciiClass[text[end]] {
		case asciiLetter, asciiDigit:
		case notASCII:
			ascii = false
		default:
			if !isDecimalSeparator(text, end) {
				return end, ascii
			}
		}
	}
	return end, ascii
}

func isDecimalSeparator(text string, i int) bool {
	return (text[i] == '.' || text[i] == ',') && i > 0 && i+1 < len(text) &&
		asciiClass[text[i-1]] == asciiDigit && asciiClass[text[i+1]] == asciiDigit
}

// appendUnicode adds the tokens of text[start:end], a run that holds more than ASCII.
func appendUnicode(tokens []Token, text string, start, end int) []Token {
	segments := words.FromString(text[start:end])
	for segments.Next() {
		tokens = appendSegment(tokens, text, start+segments.Start(), start+segments.End())
	}
	return tokens
}

// appendSegment cuts one word of UAX #29 where its runes change between words and other characters. A segment
// without letters and digits (an emoji sequence, a sign with a mark) stays whole but for white space.
func appendSegment(tokens []Token, text string, start, end int) []Token {
	whole := !hasWordRune(text[start:end])
	open, wordOpen := -1, false
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(text[i:end])
		word := unicode.IsLetter(r) || unicode.IsNumber(r) || isDecimalSeparator(text[:end], i)
		goesOn := open >= 0 && (word && wordOpen || isAttached(r) || whole)
		space := IsSpace(r)
		if open >= 0 && (space || !goesOn) {
			tokens = append(tokens, Token{open, i})
			open = -1
		}
		if open < 0 && !space {
			open, wordOpen = i, word
		}
		i += size
	}
	if open >= 0 {
		tokens = append(tokens, Token{open, end})
	}
	return tokens
}

// isAttached reports marks and format characters, which belong to what they follow.
func isAttached(r rune) bool { return unicode.IsMark(r) || unicode.Is(unicode.Cf, r) }

func hasWordRune(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return true
		}
	}
	return false
}
