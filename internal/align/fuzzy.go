package align

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// maxWork bounds the cells of edit distance computed for one answer.
const maxWork = 8 << 20

// lettersPerEdit keeps words apart that differ little and mean the opposite: "hypotension" and "hypertension" are two
// edits from each other in twelve letters.
const lettersPerEdit = 8

// fuzzy compares windows of the sentence's tokens with a text.
type fuzzy struct {
	distance distance
	first    []int // for each token, where its folded runes begin in runes
	last     []int
	runes    []rune
}

func (l *locator) newFuzzy() *fuzzy {
	z := &fuzzy{first: make([]int, len(l.tokens)), last: make([]int, len(l.tokens))}
	for i, t := range l.tokens {
		z.first[i] = len(z.runes)
		z.runes = append(z.runes, []rune(l.fold().between(t.Start, t.End))...)
		z.last[i] = len(z.runes)
	}
	return z
}

// closest finds the window of whole tokens that is most similar to text, the first among equals. Digits must agree:
// "type 1" is not "type 2".
func (l *locator) closest(text string, least float64) (corpora.Fragment, bool) {
	if l.fuzzy == nil {
		l.fuzzy = l.newFuzzy()
	}
	wanted := []rune(fold(unwrap(text)).text)
	limit := edits(len(wanted), least)
	if limit == 0 || len(wanted) > maxMention/8 {
		return corpora.Fragment{}, false
	}
	var best corpora.Fragment
	for i := range l.tokens {
		j, d := l.fuzzy.window(i, wanted, limit)
		if j < 0 {
			continue
		}
		f := corpora.Fragment{Start: l.tokens[i].Start, End: l.tokens[j].End}
		if l.valid(f) && sameDigits(text, l.text[f.Start:f.End]) {
			best, limit = f, d-1
		}
		if limit == 0 {
			break // one edit is the least that there can be
		}
	}
	return best, best.End > 0
}

// window finds the last token of the window from token i that is nearest to wanted within limit edits, or -1.
func (z *fuzzy) window(i int, wanted []rune, limit int) (last, edits int) {
	last = -1
	for j := i; j < len(z.first); j++ {
		window := z.runes[z.first[i]:z.last[j]]
		if len(window) > len(wanted)+limit || z.distance.work > maxWork {
			break
		}
		if len(window) < len(wanted)-limit || len(window) == 0 {
			continue
		}
		if d := z.distance.within(wanted, window, limit); d <= limit {
			last, edits, limit = j, d, d-1
		}
		if limit < 0 {
			break
		}
	}
	return last, edits
}

// edits is how many edits a text of n letters may have.
func edits(n int, least float64) int {
	bySimilarity := int(float64(n)*(1-least) + 1e-9)
	return min(bySimilarity, max(1, n/lettersPerEdit))
}

func sameDigits(a, b string) bool { return digits(a) == digits(b) }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) && r != utf8.RuneError {
			return r
		}
		return -1
	}, s)
}
