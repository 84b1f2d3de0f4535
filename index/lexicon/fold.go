package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Two words are forms of one another when their folds are equal. foldNumber undoes plurals that Normalize leaves alone,
// foldSpelling the differences of British and American spelling, of accents, Greek letters and numerals. A fold is only
// for comparing: it need not be a word.

// foldNumber is for normal forms: "abscesse" (of abscesses), "metastasis", "thrombi", "carcinomata". A final ae is left
// alone, for it is more often a genitive ("Haemophilus influenzae").
func foldNumber(w string) string {
	n := len(w)
	if one, ok := irregular[w]; ok {
		return one
	}
	if n < 6 {
		return w
	}
	switch {
	case strings.HasSuffix(w, "sis"): // metastasis, metastase(s)
		return w[:n-2] + "e"
	case strings.HasSuffix(w, "mata"): // carcinomata
		return w[:n-2]
	case strings.HasSuffix(w, "sse"), strings.HasSuffix(w, "xe"), strings.HasSuffix(w, "che"), strings.HasSuffix(w, "she"),
		strings.HasSuffix(w, "use"): // abscesse(s), viruse(s)
		return w[:n-1]
	case strings.HasSuffix(w, "i"): // thrombi
		return w[:n-1] + "us"
	case strings.HasSuffix(w, "ia"): // bacteria
		return w[:n-1] + "um"
	}
	return w
}

// irregular are the plurals of findings and parts of the body that no rule gives.
var irregular = map[string]string{
	"children": "child", "feet": "foot", "teeth": "tooth", "women": "woman", "men": "man",
	"bullae": "bulla", "bursae": "bursa", "fistulae": "fistula", "papillae": "papilla", "petechiae": "petechia",
	"sequelae": "sequela", "striae": "stria", "synechiae": "synechia", "vertebrae": "vertebra",
}

// foldSpelling makes British spelling American by the regular differences (ae and oe, -our, -ise and -yse, -tre and -bre,
// sulph-, leuco-), takes accents off, and writes numerals and Greek letters out.
func foldSpelling(w string) string {
	if other, ok := written[w]; ok {
		return other
	}
	if !isASCII(w) {
		w = withoutMarks(w)
	}
	if len(w) < 5 {
		return w
	}
	if len(w) > 5 && mayBeBritish(w) { // not does, aerie
		w = foldOur(american.Replace(w))
	}
	return foldEnd(w)
}

// mayBeBritish is a quick look for what american and foldOur replace.
func mayBeBritish(w string) bool {
	for i := 1; i < len(w); i++ {
		switch w[i] {
		case 'e':
			if w[i-1] == 'a' || w[i-1] == 'o' {
				return true
			}
		case 'u':
			if w[i-1] == 'o' || w[i-1] == 's' || w[i-1] == 'e' {
				return true
			}
		}
	}
	return false
}

// foldEnd writes -ise and -yse with z and -tre and -bre as -ter and -ber.
func foldEnd(w string) string {
	for _, end := range [...]string{"e", "ed", "er", "ing", "ation"} {
		stem, ok := strings.CutSuffix(w, end)
		if ok && len(stem) > 3 && (strings.HasSuffix(stem, "is") || strings.HasSuffix(stem, "ys")) {
			return stem[:len(stem)-1] + "z" + end
		}
	}
	if n := len(w); strings.HasSuffix(w, "tre") || strings.HasSuffix(w, "bre") {
		return w[:n-2] + "er"
	}
	return w
}

var american = strings.NewReplacer("ae", "e", "oe", "e", "sulph", "sulf", "leuco", "leuko")

// foldOur: tumour, tumoural, colour; not source or four.
func foldOur(w string) string {
	at := strings.Index(w, "our")
	if at < 2 {
		return w
	}
	if after := w[at+3:]; after != "" && !strings.ContainsRune("aeiou", rune(after[0])) {
		return w
	}
	return w[:at] + "or" + w[at+3:]
}

// written are Roman numerals and Greek letters as numbers and words, and British words without a rule.
var written = map[string]string{
	"grey": "gray", "mould": "mold", "haem": "heme",
	"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
	"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "mu", "ω": "omega",
}

func withoutMarks(w string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(w) {
		if !unicode.IsMark(r) {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 || !utf8.ValidString(b.String()) {
		return w
	}
	return b.String()
}
