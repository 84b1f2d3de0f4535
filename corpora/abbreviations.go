package corpora

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// neverFinal are abbreviations, in lower case and without their last point, that something always follows.
	neverFinal = set(`e.g eg i.e ie vs v cf viz ca approx dr drs mr mrs ms prof st pt pts fig figs eq eqs ref refs ch
		vol p pp p.o incl esp univ var subsp ssp rev gov capt col lt sgt suppl nos nr resp hum genet natl acad proc`)

	// rarelyFinal end a sentence only before a word that usually begins one. So do initials.
	rarelyFinal = set(`al sp spp jr sr ph.d m.d d.o r.n u.s u.k inc ltd co corp dept hosp biol chem physiol clin`)

	// starters usually begin a sentence.
	starters = set(`The This These Those That There Then Thus Therefore A An As At After All Although Among And Because
		Both But By Conversely During Each For From Further Furthermore Given Here Hence However If In Interestingly It
		Its Moreover Most Neither No None Of On One Only Our Overall Patient Patients Recently Results She He His Her
		Since Several Similarly Some Such They Their To Two Three Under Unlike Upon Using We What When Whereas Whether
		While With Within`)
)

// keepsOpen reports that the point at body's end, which follows word, is no full stop before after, which begins
// with the rune next.
func keepsOpen(word, body, after string, next rune) bool {
	digit := unicode.IsDigit(next)
	if word == "" {
		return digit // "P <. 05"
	}
	abbreviation := abbreviationOf(word)
	switch {
	case abbreviation == "no":
		return digit
	case neverFinal[abbreviation]:
		return true
	case rarelyFinal[abbreviation] || isInitial(word, body):
		return !starters[firstWord(after)]
	case isItemNumber(word, body):
		return true
	}
	return digit && (!isOrdinaryWord(word) || insideBracket(body))
}

// insideBracket reports an open bracket shortly before body's end: "(q approximately. 03)".
func insideBracket(body string) bool {
	near := body[max(0, len(body)-100):]
	return strings.LastIndexAny(near, "([") > strings.LastIndexAny(near, ")]")
}

// abbreviationOf is word in lower case, but "" for an acronym: "MS" is no title, "CA" no circa.
func abbreviationOf(word string) string {
	if len(word) > 1 && strings.ToUpper(word) == word && !strings.Contains(word, ".") {
		return ""
	}
	return strings.ToLower(word)
}

// isInitial reports a capital by itself: "J. Smith", "E. coli", the last of "J.B.", but not "HLA-F".
func isInitial(word, body string) bool {
	r, size := utf8.DecodeLastRuneInString(word)
	if !unicode.IsUpper(r) || size != len(word) && word[len(word)-size-1] != '.' {
		return false
	}
	before := body[:len(body)-len(".")-len(word)]
	return !strings.HasSuffix(before, "-")
}

// isItemNumber reports a number that is all there is before the point on its line: "1." of a list.
func isItemNumber(word, body string) bool {
	near := body[max(0, len(body)-80):] // a long line is no item number, and must not be searched time and again
	line := near[strings.LastIndexByte(near, '\n')+1:]
	return len(word) <= 3 && strings.TrimFunc(line, IsSpace) == word+"." && strings.Trim(word, "0123456789") == ""
}

func isOrdinaryWord(word string) bool {
	return len(word) >= 4 && strings.ToLower(word) == word && !strings.ContainsAny(word, ".0123456789")
}

// firstWord is the run of letters that s begins with.
func firstWord(s string) string {
	if end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		return s[:end]
	}
	return s
}
