package conflict

import (
	"strings"
	"unicode"
)

// capitals tells how the words of a stretch are written, one after another: X for one capital at the beginning, x for none,
// and otherwise a letter for each of the word, as "MM" is not "mM". The s of "SSRIs" does not count.
func (s *sentence) capitals(first, last int) string {
	var out strings.Builder
	for _, t := range s.tokens[first : last+1] {
		out.WriteString(caseOf(s.Text[t.Start:t.End]))
		out.WriteByte(' ')
	}
	return out.String()
}

func caseOf(word string) string {
	letters := make([]byte, 0, len(word))
	capitals := 0
	for _, r := range word {
		if unicode.IsUpper(r) || unicode.IsTitle(r) {
			letters = append(letters, 'X')
			capitals++
		} else {
			letters = append(letters, 'x')
		}
	}
	switch {
	case capitals == 0:
		return "x"
	case capitals == 1 && letters[0] == 'X':
		return "X"
	case word[len(word)-1] == 's':
		letters = letters[:len(letters)-1]
	}
	return string(letters)
}

// beginsAt tells that no letter or digit stands before a word in its sentence.
func (s *sentence) beginsAt(word int) bool {
	for _, r := range s.Text[:s.tokens[word].Start] {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return false
		}
	}
	return true
}
