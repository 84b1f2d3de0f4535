package lexicon

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// vocabulary is the words of the lexicon's keys, for finding the nearest to a misspelled one.
type vocabulary struct {
	words   []string // sorted
	keys    []int    // how many keys with a label or a term have the word
	letters []uint64 // which characters it has
	length  []int    // in code points
	byEnd   []uint32 // the words' places, sorted by the words from their ends
}

// encodeVocabulary writes words with their numbers of keys: the number of words, each word, each place by end.
func encodeVocabulary(keys map[string]int) []byte {
	words := slices.Sorted(maps.Keys(keys))
	byEnd := make([]uint32, len(words))
	out := binary.AppendUvarint(nil, uint64(len(words)))
	for i, word := range words {
		out = binary.AppendUvarint(out, uint64(len(word)))
		out = append(out, word...)
		out = binary.AppendUvarint(out, uint64(keys[word]))
		byEnd[i] = uint32(i)
	}
	slices.SortFunc(byEnd, func(a, b uint32) int { return compareEnds(words[a], words[b]) })
	for _, i := range byEnd {
		out = binary.LittleEndian.AppendUint32(out, i)
	}
	return out
}

// readVocabulary reads the words once; what is damaged reads as no words.
func (l *Lexicon) readVocabulary() {
	l.once.Do(func() {
		r, v := reader{data: l.words}, vocabulary{}
		n := r.count()
		for range n {
			word := r.text()
			v.words, v.keys = append(v.words, word), append(v.keys, r.number())
			v.letters, v.length = append(v.letters, lettersOf(word)), append(v.length, utf8.RuneCountInString(word))
		}
		ends := r.take(4 * uint64(n))
		for i := 0; i+4 <= len(ends); i += 4 {
			place := binary.LittleEndian.Uint32([]byte(ends[i : i+4]))
			r.bad = r.bad || uint64(place) >= uint64(n)
			v.byEnd = append(v.byEnd, place)
		}
		if !r.bad {
			l.vocabulary = v
		}
	})
}

// longWords are the words of a key that may be what a misspelled one stands for, each once.
func longWords(key []string) (words []string) {
	for i, word := range key {
		if len(word) >= shortestRespelled-1 && !slices.Contains(key[:i], word) {
			words = append(words, word)
		}
	}
	return words
}

// compareEnds orders words by their last bytes first.
func compareEnds(a, b string) int {
	for i, j := len(a)-1, len(b)-1; i >= 0 && j >= 0; i, j = i-1, j-1 {
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
	}
	return cmp.Compare(len(a), len(b))
}

// lettersOf is a set of the characters of a word, in which two of them may count as one. An edit adds one at most.
func lettersOf(word string) (set uint64) {
	for _, r := range word {
		set |= 1 << (r & 63)
	}
	return set
}

// nearest is the lexicon's word with the fewest edits from w, the first in order among equals; a known word is its own.
// Only words with the same three first or four last bytes are compared. Words that only held sentences taught do not
// count.
func (l *Lexicon) nearest(w string, held *HeldOut) (string, bool) {
	l.readVocabulary()
	s := speller{vocabulary: &l.vocabulary, word: w, set: lettersOf(w), size: utf8.RuneCountInString(w), gone: held.wordsGone(), least: 2}
	if len(w) >= 9 {
		s.least = 3
	}
	s.tryAll()
	if s.best == "" || s.best == w {
		return w, false
	}
	return s.best, true
}

// speller is one search for the nearest word.
type speller struct {
	*vocabulary
	word  string
	set   uint64
	size  int
	gone  map[string]int
	best  string
	least int // edits of the best, or one more than are allowed
}

func (s *speller) tryAll() {
	start, end := s.word[:3], s.word[len(s.word)-4:]
	at, _ := slices.BinarySearch(s.words, start)
	for ; at < len(s.words) && strings.HasPrefix(s.words[at], start); at++ {
		s.try(at)
	}
	at, _ = slices.BinarySearchFunc(s.byEnd, end, func(i uint32, end string) int { return compareEnds(s.words[i], end) })
	for ; at < len(s.byEnd) && strings.HasSuffix(s.words[s.byEnd[at]], end); at++ {
		s.try(int(s.byEnd[at]))
	}
}

func (s *speller) try(at int) {
	v, set := s.words[at], s.letters[at]
	if abs(s.length[at]-s.size) > s.least || bits.OnesCount64(set&^s.set) > s.least || bits.OnesCount64(s.set&^set) > s.least {
		return
	}
	d := levenshtein.ComputeDistance(v, s.word)
	better := d < s.least || d == s.least && s.best != "" && v < s.best
	if better && s.gone[v] < s.keys[at] {
		s.best, s.least = v, d
	}
}

func abs(n int) int { return max(n, -n) }
