// Package forward keeps what stands in each annotated sentence, as numbers: its words and its mentions, with which of
// them occur where and how words relate to mentions. The other indexes lead from words to rows; this one leads from a
// row to what it shows, so that demonstrations can be chosen without reading or analysing their texts. It chooses
// nothing itself.
package forward

import (
	"math/bits"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// Key is the number of a surface: a hash of its normalised words (lexicon.Words), so that spellings which the lexicon
// holds for the same have the same key. Two surfaces of a million get the same key with a chance of 3e-8.
type Key uint64

// Word is the number of a normalised word, a hash of 32 bits: of a hundred thousand words, one pair or two share one.
type Word uint32

// Occurrence counts where a word stands: Total are all its places, Inside those in a mention, Beside those at most
// Window words before or after one and in none. (Bai, Hassanzadeh, Saeedi and Dredze 2025, arXiv 2505.23722, call them
// entity and context tokens.)
type Occurrence struct{ Total, Inside, Beside uint32 }

// Plus adds counts.
func (o Occurrence) Plus(p Occurrence) Occurrence {
	return Occurrence{o.Total + p.Total, o.Inside + p.Inside, o.Beside + p.Beside}
}

// Minus takes counts out again.
func (o Occurrence) Minus(p Occurrence) Occurrence {
	return Occurrence{o.Total - p.Total, o.Inside - p.Inside, o.Beside - p.Beside}
}

// Roles of a word in a row; it may have both.
const (
	Inside  = 1 // it stands in a mention
	Outside = 2
)

// Window is how many words before and after a mention are its context.
const Window = 2

// Text is a text as numbers.
type Text struct {
	Words  []Word // at their places; punctuation has none
	tokens []lexicon.Word
	spans  []corpora.Token
}

// Read gives the words of a text.
func Read(text string) Text {
	t := Text{spans: corpora.Tokenize(text)}
	all := lexicon.Words(text, t.spans)
	t.Words, t.tokens = make([]Word, 0, len(all)), all[:0]
	for _, w := range all {
		if isWord(w.Norm) {
			t.Words, t.tokens = append(t.Words, WordOf(w.Norm)), append(t.tokens, w)
		}
	}
	return t
}

// Norm is the normalised word at place i.
func (t Text) Norm(i int) string { return t.tokens[i].Norm }

// Bytes is where word i stands.
func (t Text) Bytes(i int) corpora.Token { return t.spans[t.tokens[i].Token] }

// Between are the places of the words that overlap a fragment, from first to before end.
func (t Text) Between(f corpora.Fragment) (first, end int) {
	first = sort.Search(len(t.Words), func(i int) bool { return t.Bytes(i).End > f.Start })
	for end = first; end < len(t.Words) && t.Bytes(end).Start < f.End; {
		end++
	}
	return first, end
}

// WordOf is the number of a normalised word.
func WordOf(norm string) Word {
	h := xxhash.Sum64String(norm)
	return Word(h ^ h>>32)
}

// KeyOf is the key of a surface; 0 where it has no words.
func KeyOf(surface string) Key {
	var key uint64
	for _, w := range lexicon.Words(surface, corpora.Tokenize(surface)) {
		key = bits.RotateLeft64(key, 23)*0x9E3779B97F4A7C15 ^ xxhash.Sum64String(w.Norm)
	}
	return Key(key)
}

func isWord(norm string) bool {
	if c := norm[0]; 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
		return true
	}
	return strings.IndexFunc(norm, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}

// Count calls add with each word of a sentence and where it stands.
func Count(a corpora.Annotated, add func(Word, Occurrence)) {
	t := Read(a.Text)
	t.count(a.Entities, add)
}

func (t Text) count(entities []corpora.Entity, add func(Word, Occurrence)) {
	const inside, beside = 2, 1
	roles := make([]byte, len(t.Words))
	for _, e := range entities {
		for _, f := range e.Fragments {
			first, end := t.Between(f)
			for i := max(first-Window, 0); i < min(end+Window, len(roles)); i++ {
				roles[i] = max(roles[i], beside)
			}
			for i := first; i < end; i++ {
				roles[i] = inside
			}
		}
	}
	for i, role := range roles {
		o := Occurrence{Total: 1}
		switch role {
		case inside:
			o.Inside = 1
		case beside:
			o.Beside = 1
		}
		add(t.Words[i], o)
	}
}

// distinct sorts a list and drops repetitions.
func distinct[T Word | Key](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
