package learn

import (
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// word is what is known of a token by itself, as hashes.
type word struct {
	text     string
	raw      uint64
	norm     uint64    // normalised
	shape    uint64    // "Xx-0": a letter for each kind of character
	brief    uint64    // the same with runs drawn together
	prefix   [4]uint64 // of 1 to 4 characters, normalised
	suffix   [4]uint64
	class    uint64 // bits of kinds of characters
	caseless int    // number of letters without case
}

// Bits of a word's class.
const (
	hasUpper = 1 << iota
	hasLower
	hasDigit
	hasOther
	firstUpper
	innerUpper
	allDigits
	oneRune
	nonASCII
)

func newWord(text string) word {
	w := word{text: text, raw: xxhash.Sum64String(text)}
	norm := normal(text)
	w.norm = xxhash.Sum64String(norm)
	w.shapes(text)
	for i := range w.prefix {
		w.prefix[i] = xxhash.Sum64String(head(norm, i+1))
		w.suffix[i] = xxhash.Sum64String(tail(norm, i+1))
	}
	return w
}

// unspaced tells that a token is one letter without case, marks aside: a word of UAX #29 in a script without spaces. Words
// of other scripts mostly have more letters.
func (w *word) unspaced() bool {
	return w.caseless == 1 && w.class&(hasUpper|hasLower|hasDigit) == 0
}

// normal is a token as the lexicon normalises it; hyphens and apostrophes, which it leaves out, stay.
func normal(text string) string {
	if norm := lexicon.Normalize(text); norm != "" {
		return norm
	}
	return text
}

func normOf(text string) uint64 { return xxhash.Sum64String(normal(text)) }

// head is the first n runes of s, or s.
func head(s string, n int) string {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s[:at]
}

// tail is the last n runes of s, or s.
func tail(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:]
}

func (w *word) shapes(text string) {
	long, brief := make([]byte, 0, 32), make([]byte, 0, 16)
	runes, others := 0, 0
	for _, r := range text {
		c := characterOf(r)
		long = append(long, c)
		if len(brief) == 0 || brief[len(brief)-1] != c {
			brief = append(brief, c)
		}
		w.note(r, c, runes)
		if c != '0' {
			others++
		}
		runes++
	}
	if others == 0 {
		w.class |= allDigits
	}
	if runes == 1 {
		w.class |= oneRune
	}
	w.shape, w.brief = xxhash.Sum64(long), xxhash.Sum64(brief)
}

func (w *word) note(r rune, kind byte, at int) {
	if r >= utf8.RuneSelf {
		w.class |= nonASCII
	}
	switch kind {
	case 'X':
		w.class |= hasUpper
		if at == 0 {
			w.class |= firstUpper
		} else {
			w.class |= innerUpper
		}
	case 'x':
		w.class |= hasLower
	case '0':
		w.class |= hasDigit
	case 'c':
		w.caseless++
		w.class |= hasOther
	default:
		w.class |= hasOther
	}
}

// characterOf is the letter that stands for a character in a shape.
func characterOf(r rune) byte {
	switch {
	case unicode.IsUpper(r):
		return 'X'
	case unicode.IsLower(r):
		return 'x'
	case unicode.IsDigit(r):
		return '0'
	case unicode.IsLetter(r):
		return 'c'
	case r < utf8.RuneSelf:
		return byte(r)
	}
	return '?'
}

// tokensOf are the tokens that a chain is made of.
func tokensOf(s corpora.Sentence) []corpora.Token { return corpora.Tokenize(s.Text) }
