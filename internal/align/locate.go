package align

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// maxMention is the longest mention, in bytes, that is looked for.
const maxMention = 1 << 12

// Where a token starts and ends.
const (
	tokenStart = 1 << iota
	tokenEnd
)

// locator finds texts in one sentence.
type locator struct {
	text    string
	tokens  []corpora.Token
	borders []byte
	cache   map[string]places
	folded  *folded
	fuzzy   *fuzzy
}

// places are the spans at which a text stands, in order, not overlapping, all found in the same way.
type places struct {
	spans  []corpora.Fragment
	status corpora.Status
}

func newLocator(s corpora.Sentence) *locator {
	l := &locator{text: s.Text, tokens: s.Tokens, borders: make([]byte, len(s.Text)+1), cache: map[string]places{}}
	if len(l.tokens) == 0 {
		l.tokens = corpora.Tokenize(s.Text)
	}
	for _, t := range l.tokens {
		l.borders[t.Start] |= tokenStart
		l.borders[t.End] |= tokenEnd
	}
	return l
}

func (l *locator) fold() *folded {
	if l.folded == nil {
		f := fold(l.text)
		l.folded = &f
	}
	return l.folded
}

// locate finds text letter for letter or normalized. A loose text may have quotes around it and punctuation behind.
func (l *locator) locate(text string, loose bool) places {
	key := text
	if loose {
		key = "\x00" + text
	}
	found, known := l.cache[key]
	if !known {
		found = l.search(variants(text, loose))
		l.cache[key] = found
	}
	return found
}

func (l *locator) search(texts []string) places {
	for _, onTokens := range []bool{true, false} {
		for _, t := range texts {
			if spans := l.exact(t, onTokens); len(spans) > 0 {
				return places{spans, corpora.StatusExact}
			}
		}
	}
	for _, t := range texts {
		if spans := l.normalized(fold(t).text); len(spans) > 0 {
			return places{spans, corpora.StatusNormalized}
		}
	}
	return places{}
}

// variants are the texts that a model may have meant, the likeliest first. "cancer." is cancer at the end of a line,
// but "Inc." stays where "Inc" is no token.
func variants(text string, loose bool) []string {
	if len(text) > maxMention {
		return nil
	}
	if !loose {
		return nonEmpty(strings.TrimSpace(text))
	}
	bare := unwrap(strings.TrimSpace(text))
	ended := strings.TrimRight(bare, ".,;:!? ")
	return nonEmpty(unwrap(ended), ended, bare, strings.TrimSpace(text))
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" && (len(out) == 0 || out[len(out)-1] != t) {
			out = append(out, t)
		}
	}
	return out
}

// wrappers are what models put around a mention.
var wrappers = [][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"‘", "’"}, {"[", "]"}, {"*", "*"}, {"_", "_"}, {"<", ">"}, {"«", "»"}}

func unwrap(s string) string {
	for range 3 {
		inner := s
		for _, w := range wrappers {
			if len(inner) > len(w[0])+len(w[1]) && strings.HasPrefix(inner, w[0]) && strings.HasSuffix(inner, w[1]) {
				inner = strings.TrimSpace(inner[len(w[0]) : len(inner)-len(w[1])])
			}
		}
		if inner == s || inner == "" {
			break
		}
		s = inner
	}
	return s
}

// exact finds needle letter for letter.
func (l *locator) exact(needle string, onTokens bool) []corpora.Fragment {
	var spans []corpora.Fragment
	for from := 0; ; {
		i := strings.Index(l.text[from:], needle)
		if i < 0 {
			return spans
		}
		f := corpora.Fragment{Start: from + i, End: from + i + len(needle)}
		from = f.Start + 1
		if (onTokens && l.onTokens(f)) || (!onTokens && l.apart(f)) {
			spans = append(spans, f)
			from = f.End
		}
	}
}

func (l *locator) normalized(needle string) []corpora.Fragment {
	var onTokens, apart []corpora.Fragment
	l.fold().find(needle, func(start, end int) {
		f := corpora.Fragment{Start: start, End: end}
		switch {
		case !l.valid(f):
		case l.onTokens(f):
			onTokens = append(onTokens, f)
		case l.apart(f):
			apart = append(apart, f)
		}
	})
	if len(onTokens) > 0 {
		return onTokens
	}
	return apart
}

func (l *locator) onTokens(f corpora.Fragment) bool {
	return l.borders[f.Start]&tokenStart != 0 && l.borders[f.End]&tokenEnd != 0 && l.valid(f)
}

// apart reports whether f may stand for itself though no token begins or ends there: "BRCA1" in "BRCA1-associated".
// A short text inside of a word ("CF" in "TCFX") says nothing; a longer one, or one of a script without spaces, may.
func (l *locator) apart(f corpora.Fragment) bool {
	if !l.valid(f) {
		return false
	}
	inside := l.insideWord(f.Start) || l.insideWord(f.End)
	return !inside || utf8.RuneCountInString(l.text[f.Start:f.End]) >= 4
}

// insideWord reports whether the characters on both sides of byte i belong together: two letters of a script with
// spaces, or two digits.
func (l *locator) insideWord(i int) bool {
	before, _ := utf8.DecodeLastRuneInString(l.text[:i])
	after, _ := utf8.DecodeRuneInString(l.text[i:])
	if unicode.IsDigit(before) && unicode.IsDigit(after) {
		return true
	}
	return unicode.IsLetter(before) && unicode.IsLetter(after) && !unspaced(before) && !unspaced(after)
}

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// valid reports what holds for every span that is returned: not empty, between characters with their marks, trimmed.
func (l *locator) valid(f corpora.Fragment) bool {
	if f.Start >= f.End || !l.onRune(f.Start) || !l.onRune(f.End) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(l.text[f.Start:])
	last, _ := utf8.DecodeLastRuneInString(l.text[:f.End])
	after, _ := utf8.DecodeRuneInString(l.text[f.End:])
	return !unicode.IsSpace(first) && !unicode.IsSpace(last) && (f.End == len(l.text) || !unicode.Is(unicode.Mn, after))
}

func (l *locator) onRune(i int) bool { return i == len(l.text) || utf8.RuneStart(l.text[i]) }
