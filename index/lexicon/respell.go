package lexicon

import (
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/ragner/ragner/corpora"
)

// respellTrust is what a match over a corrected word is worth beside an exact one.
const respellTrust = 0.6

// shortestRespelled is the least length, in bytes, of a word that may be corrected: shorter words have too many
// neighbours.
const shortestRespelled = 6

// Respelled finds names in which a word of the sentence is spelled a little differently: a typing error, British for
// American spelling. Only words for which known is false are tried, each with the nearest word of the lexicon's names
// within one edit (two from nine bytes on); candidates have at least one such word and the source "fuzzy". held is not
// counted.
func (l *Lexicon) Respelled(s corpora.Sentence, known func(word string) bool, held *HeldOut) []Candidate {
	tokens := corpora.Tokenize(s.Text)
	words := Words(s.Text, tokens)
	changed := make([]bool, len(words))
	for i, w := range words {
		if len(w.Norm) < shortestRespelled || known(w.Norm) {
			continue
		}
		words[i].Norm, changed[i] = l.nearest(w.Norm)
	}
	if !slices.Contains(changed, true) {
		return nil
	}
	return l.corrected(s, respelled{tokens, words, changed}, held)
}

// respelled is a sentence with its words as corrected.
type respelled struct {
	tokens  []corpora.Token
	words   []Word
	changed []bool // by word
}

// corrected matches the words as corrected and keeps matches that a correction made.
func (l *Lexicon) corrected(s corpora.Sentence, r respelled, held *HeldOut) []Candidate {
	tokens, words, changed := r.tokens, r.words, r.changed
	var found []Candidate
	for start := range words {
		for _, m := range l.matchesFrom(nil, s.Text, tokens, words[start:]) {
			end := start
			for words[end].Token < m.Last {
				end++
			}
			if !slices.Contains(changed[start:end+1], true) {
				continue
			}
			f := corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
			for _, p := range l.Priors(m.Entry, m.Surface, held.of(m)) {
				found = append(found, Candidate{f, s.Text[f.Start:f.End], p.Label, p.Prior * respellTrust, "fuzzy", held.entry(m.Entry)})
			}
		}
	}
	return found
}

// nearest is the lexicon's word with the fewest edits from w, the first in order among equals; a known word is its own.
func (l *Lexicon) nearest(w string) (string, bool) {
	l.readVocabulary()
	best, least := "", 2
	if len(w) >= 9 {
		least = 3
	}
	try := func(v string) {
		if abs(len(v)-len(w)) >= least && best != "" || abs(len(v)-len(w)) > least {
			return
		}
		if d := levenshtein.ComputeDistance(v, w); d < least || d == least && best != "" && v < best {
			best, least = v, d
		}
	}
	eachWithPrefix(l.vocabulary, w[:3], try)
	eachWithPrefix(l.reversed, reverse(w)[:4], func(v string) { try(reverse(v)) })
	if best == "" || best == w {
		return w, false
	}
	return best, true
}

// readVocabulary collects the words of all keys once: sorted, and sorted from their ends.
func (l *Lexicon) readVocabulary() {
	l.once.Do(func() {
		set := map[string]bool{}
		_ = l.Entries(func(e Entry) {
			for word := range strings.SplitSeq(e.Key, " ") {
				if len(word) >= shortestRespelled-1 {
					set[word] = true
				}
			}
		})
		l.vocabulary = slices.Sorted(maps.Keys(set))
		for _, word := range l.vocabulary {
			l.reversed = append(l.reversed, reverse(word))
		}
		slices.Sort(l.reversed)
	})
}

// eachWithPrefix calls f for the sorted words that begin with prefix.
func eachWithPrefix(words []string, prefix string, f func(string)) {
	at, _ := slices.BinarySearch(words, prefix)
	for ; at < len(words) && strings.HasPrefix(words[at], prefix); at++ {
		f(words[at])
	}
}

// reverse turns the bytes of s around; it is only for comparing.
func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func abs(n int) int { return max(n, -n) }
