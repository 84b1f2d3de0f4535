package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
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
	folded := cases.Fold().String(norm.NFKC.String(token))
	if isHyphen(folded) || folded == "’" {
		return ""
	}
	return singular(folded)
}

func normalizeASCII(token string) string {
	if token == "-" || token == "'" {
		return ""
	}
	return singular(strings.ToLower(token))
}

// singular drops the s of a plural: "tumors", "syndromes"; not of "virus", "diagnosis", "loss" or short words.
func singular(s string) string {
	n := len(s)
	if n < 5 || s[n-1] != 's' {
		return s
	}
	switch s[n-2] {
	case 's', 'u', 'i':
		return s
	}
	if n > 5 && strings.HasSuffix(s, "ies") {
		return s[:n-3] + "y"
	}
	return s[:n-1]
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

// chain extends the hash of a token sequence by one token; it never gives 0, the mark of a free slot.
func chain(hash uint64, word string) uint64 {
	h := (hash ^ xxhash.Sum64String(word)) * 0x9E3779B97F4A7C15
	h ^= h >> 29
	return h | 1
}

func sameKey(key string, words []Word) bool {
	for i, w := range words {
		if i > 0 {
			if key == "" || key[0] != ' ' {
				return false
			}
			key = key[1:]
		}
		if !strings.HasPrefix(key, w.Norm) {
			return false
		}
		key = key[len(w.Norm):]
	}
	return key == ""
}

func joinWords(words []Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Norm
	}
	return strings.Join(parts, " ")
}
