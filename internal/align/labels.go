package align

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLabel is the longest text, in bytes, that is compared with the known labels.
const maxLabel = 128

// Labels are the labels that an answer may use. They are safe for concurrent use.
type Labels struct {
	names    []string          // longest first, so that "Rare Disease" is seen before "Rare"
	byName   map[string]string // as spelled
	byKey    map[string]string // letters and digits, case folded; "" where two labels share a key
	keyOf    map[string]string
	wordsOf  map[string][]string
	numLabel int
}

// NewLabels prepares a set of labels. Empty and repeated ones are ignored.
func NewLabels(names []string) *Labels {
	l := &Labels{byName: map[string]string{}, byKey: map[string]string{}, keyOf: map[string]string{}, wordsOf: map[string][]string{}}
	for _, name := range names {
		if _, known := l.byName[name]; known || strings.TrimSpace(name) == "" {
			continue
		}
		l.names = append(l.names, name)
		l.byName[name] = name
		l.wordsOf[name] = labelWords(name)
		l.addKey(name)
	}
	l.numLabel = len(l.names)
	slices.SortStableFunc(l.names, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return l
}

func (l *Labels) addKey(name string) {
	key := labelKey(name)
	l.keyOf[name] = key
	if key == "" {
		return
	}
	if _, shared := l.byKey[key]; shared {
		l.byKey[key] = ""
		return
	}
	l.byKey[key] = name
}

// only is the label of a set of one.
func (l *Labels) only() (string, bool) {
	if l.numLabel != 1 {
		return "", false
	}
	return l.names[0], true
}

// exact finds a label by its name, or by its letters and digits in any case.
func (l *Labels) exact(s string) (string, bool) {
	if len(s) > maxLabel {
		return "", false
	}
	if name, ok := l.byName[s]; ok {
		return name, true
	}
	name := l.byKey[labelKey(s)]
	return name, name != ""
}

// nearest finds the one label that s most likely means: a plural, a label with more or fewer words, a misspelling.
// Where two labels are as near, none is.
func (l *Labels) nearest(s string) (string, bool) {
	key := labelKey(s)
	if key == "" || len(s) > maxLabel {
		return "", false
	}
	if name := l.byKey[strings.TrimSuffix(key, "s")]; name != "" {
		return name, true
	}
	if name, ok := l.sharing(labelWords(s)); ok {
		return name, true
	}
	return l.misspelt(key)
}

// sharing finds the one label whose words are all among words, or that has all of words; the first wins over the second.
func (l *Labels) sharing(words []string) (string, bool) {
	var inside, around []string
	for _, name := range l.names {
		if containsAll(words, l.wordsOf[name]) {
			inside = append(inside, name)
		}
		if containsAll(l.wordsOf[name], words) {
			around = append(around, name)
		}
	}
	if len(inside) > 0 {
		most := len(l.wordsOf[inside[0]])
		for _, name := range inside[1:] {
			if len(l.wordsOf[name]) >= most {
				return "", false
			}
		}
		return inside[0], true
	}
	if len(around) == 1 {
		return around[0], true
	}
	return "", false
}

func (l *Labels) misspelt(key string) (string, bool) {
	best, bestSimilarity := "", 0.8
	var d distance
	for _, name := range l.names {
		s := d.similarity([]rune(key), []rune(l.keyOf[name]))
		switch {
		case s > bestSimilarity || (s == bestSimilarity && best == ""):
			best, bestSimilarity = name, s
		case s == bestSimilarity:
			return "", false
		}
	}
	return best, best != ""
}

// labelKey is the letters and digits of s, lower case.
func labelKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// labelWords splits "SpecificDisease", "rare_disease" and "Rare disease" into lower-case words, without plural s.
func labelWords(s string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.TrimSuffix(strings.ToLower(string(word)), "s"))
			word = word[:0]
		}
	}
	var last rune
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			flush()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		last = r
	}
	flush()
	return words
}

func containsAll(words, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(words, w) {
			return false
		}
	}
	return len(wanted) > 0
}

// cutLabel splits "Label: rest" where Label is a known one in any case, with ':' or '=' behind it.
func (l *Labels) cutLabel(line string) (name, rest string, ok bool) {
	for _, name := range l.names {
		if len(line) <= len(name) || !strings.EqualFold(line[:len(name)], name) || !utf8.RuneStart(line[len(name)]) {
			continue
		}
		after := strings.TrimLeft(line[len(name):], " \t*`\"'_")
		if strings.HasPrefix(after, ":") || strings.HasPrefix(after, "=") {
			return name, after[1:], true
		}
	}
	return "", "", false
}

// Has reports whether name is one of the labels, letter for letter.
func (l *Labels) Has(name string) bool {
	_, ok := l.byName[name]
	return ok
}
