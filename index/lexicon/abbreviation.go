package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Abbreviations finds the short forms that a text defines, "long form (SF)", with their long forms, by the
// algorithm of Schwartz and Hearst (Pacific Symposium on Biocomputing 2003). The first definition of a short form
// counts.
func Abbreviations(text string) map[string]string {
	found := map[string]string{}
	for rest, base := text, 0; ; {
		open := strings.IndexByte(rest, '(')
		if open < 0 {
			return found
		}
		inside := rest[open+1:]
		if end := strings.IndexAny(inside, "();,"); end > 0 {
			short := strings.TrimSpace(inside[:end])
			if long, ok := longForm(text[:base+open], short); ok && found[short] == "" {
				found[short] = long
			}
		}
		base += open + 1
		rest = inside
	}
}

// longForm finds the shortest stretch at the end of before whose letters spell short, from the back.
func longForm(before, short string) (string, bool) {
	if !shortForm(short) {
		return "", false
	}
	before = lastWords(strings.TrimRightFunc(before, unicode.IsSpace), min(len(short)+5, 2*len(short)))
	s, l := []rune(strings.ToLower(short)), []rune(strings.ToLower(before))
	if len(l) != utf8.RuneCountInString(before) {
		return "", false
	}
	at := len(l) - 1
	for i := len(s) - 1; i >= 0; i-- {
		if !unicode.IsLetter(s[i]) && !unicode.IsDigit(s[i]) {
			continue
		}
		for at >= 0 && (l[at] != s[i] || i == 0 && at > 0 && (unicode.IsLetter(l[at-1]) || unicode.IsDigit(l[at-1]))) {
			at--
		}
		if at < 0 {
			return "", false
		}
		at--
	}
	long := string([]rune(before)[at+1:])
	return long, len(long) > len(short) && !strings.Contains(" "+long+" ", " "+short+" ")
}

// shortForm: two to ten characters, at most two words, a letter in it, a letter or digit first.
func shortForm(s string) bool {
	n := utf8.RuneCountInString(s)
	first, _ := utf8.DecodeRuneInString(s)
	return n >= 2 && n <= 10 && len(strings.Fields(s)) <= 2 &&
		strings.IndexFunc(s, unicode.IsLetter) >= 0 && (unicode.IsLetter(first) || unicode.IsDigit(first))
}

func lastWords(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		at = strings.LastIndexByte(strings.TrimRight(s[:at], " "), ' ')
		if at < 0 {
			return s
		}
	}
	return s[at:]
}
