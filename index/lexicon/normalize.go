package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/ragner/ragner/corpora"
)

// Word is a token that counts for matching. Token is its place in the sentence's tokens.
type Word struct {
	Norm  string
	Token int
}

// Words normalises the tokens of text. Hyphens, dashes, apostrophes and the possessive s carry no meaning of their
// own in names ("Alzheimer's disease", "ataxia-telangiectasia") and are left out.
func Words(text string, tokens []corpora.Token) []Word {
	words := make([]Word, 0, len(tokens))
	possessive := false
	for i, t := range tokens {
		token := text[t.Start:t.End]
		if possessive && (token == "s" || token == "S") {
			possessive = false
			continue
		}
		possessive = token == "'" || token == "’"
		if n := Normalize(token); n != "" {
			words = append(words, Word{n, i})
		}
	}
	return words
}

// Normalize maps a token to its key form: NFKC, case folded, a plural s dropped; "" for hyphens and apostrophes.
func Normalize(token string) string {
	if isASCII(token) {
		return normalizeASCII(token)
	}
	folded := foldWord(token)
	if isHyphen(folded) || folded == "’" {
		return ""
	}
	return singular(folded)
}

// foldCase is NFKC and case folding.
func foldCase(token string) string {
	if isASCII(token) {
		return strings.ToLower(token)
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(token)))
}

// foldWord is foldCase without the blanks that NFKC makes of a few signs ("´", "ﷺ"), since a blank stands between words.
func foldWord(token string) string { return strings.ReplaceAll(foldCase(token), " ", "") }

// unnumbered is a surface as Words would have it, but with its plurals.
func unnumbered(surface string) string {
	var b strings.Builder
	before := ""
	for w := range strings.SplitSeq(surface, " ") {
		w = foldWord(w)
		apostrophe := before == "'" || before == "’"
		before = w
		if w == "'" || w == "’" || isHyphen(w) || apostrophe && w == "s" {
			continue
		}
		b.WriteString(w)
		b.WriteByte(' ')
	}
	return b.String()
}

func normalizeASCII(token string) string {
	if token == "-" || token == "'" {
		return ""
	}
	return singular(strings.ToLower(token))
}

// singular drops the s of a plural: "tumors", "syndromes"; not of "virus", "diagnosis", "loss" or short words.
func singular(s string) string {
	cut, y := pluralEnd(s)
	if y {
		return s[:len(s)-cut] + "y"
	}
	return s[:len(s)-cut]
}

// pluralEnd is how many bytes to cut from a word to make it singular, and whether a y takes their place.
func pluralEnd[T string | []byte](s T) (cut int, y bool) {
	n := len(s)
	if n < 5 || s[n-1] != 's' {
		return 0, false
	}
	switch s[n-2] {
	case 's', 'u', 'i':
		return 0, false
	}
	if n > 5 && s[n-2] == 'e' && s[n-3] == 'i' {
		return 3, true
	}
	return 1, false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isHyphen(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size == len(s) && unicode.Is(unicode.Pd, r)
}

// Surface is the tokens as written, joined by one space: the form that does not depend on the spacing of the text.
func Surface(text string, tokens []corpora.Token) string {
	if len(tokens) == 1 {
		return text[tokens[0].Start:tokens[0].End]
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text[t.Start:t.End])
	}
	return b.String()
}

// chain extends the hash of a word sequence by the hash of one word (XXH64); it never gives 0, the mark of a free slot.
func chain(hash, word uint64) uint64 {
	h := (hash ^ word) * 0x9E3779B97F4A7C15
	h ^= h >> 29
	return h | 1
}

func joinWords(words []Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Norm
	}
	return strings.Join(parts, " ")
}
