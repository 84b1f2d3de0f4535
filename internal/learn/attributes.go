package learn

import (
	"slices"
	"sort"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/retrieval"
)

// Seen is what a model sees of a sentence: its text, and what the index says of it when its own document and all that
// must not be shown are held out. It has no place for annotations of its own.
type Seen struct {
	Sentence corpora.Sentence
	retrieval.Outlook
	Abbreviations map[string]string // short forms that the document defines, with their long forms

	meanings []meaning // by token
}

// An attribute is a hash of its kind and its values; that a token has it, is all. Two attributes with one hash are one,
// which does no harm where it happens once in billions.

// kind begins an attribute's hash.
func kind(name string) uint64 { return xxhash.Sum64String(name) }

// mix puts values into a hash, in order.
func mix(h uint64, values ...uint64) uint64 {
	for _, v := range values {
		h = (h ^ v) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h
}

// at is the offset of a word from the token whose attribute it makes.
func at(offset int) uint64 { return uint64(offset + 16) }

// view is a sentence in work.
type view struct {
	Seen
	tokens []corpora.Token
	words  []word
	out    [][]uint64
}

// attributes lists the attributes of each token of a sentence, each once and in order.
func attributes(s Seen) [][]uint64 {
	const usual = 96
	v := &view{Seen: s, tokens: tokensOf(s.Sentence)}
	v.words, v.out = make([]word, len(v.tokens)), make([][]uint64, len(v.tokens))
	for i, t := range v.tokens {
		v.words[i] = newWord(s.Sentence.Text[t.Start:t.End])
		v.out[i] = make([]uint64, 0, usual)
	}
	for i := range v.words {
		v.wordAttributes(i)
		v.contextAttributes(i)
		v.unspacedAttributes(i)
		v.meaningAttributes(i)
	}
	v.spanAttributes()
	v.candidateAttributes()
	v.abbreviationAttributes()
	v.voteAttributes()
	for i := range v.out {
		slices.Sort(v.out[i])
		v.out[i] = slices.Compact(v.out[i])
	}
	return v.out
}

func (v *view) add(i int, h uint64, values ...uint64) {
	v.out[i] = append(v.out[i], mix(h, values...))
}

// addNear is add for a token that may lie beyond the sentence.
func (v *view) addNear(i int, h uint64, values ...uint64) {
	if i >= 0 && i < len(v.out) {
		v.add(i, h, values...)
	}
}

// near is the word at an offset from i; beyond the sentence it is the border.
func (v *view) near(i, offset int) *word {
	if k := i + offset; k >= 0 && k < len(v.words) {
		return &v.words[k]
	}
	return &border
}

// border stands for what is beyond a sentence.
var border = word{norm: 1, raw: 1, shape: 1, brief: 1}

// within are the first and last token that lie within a stretch of bytes; ok is false when there is none.
func within(tokens []corpora.Token, f corpora.Fragment) (first, last int, ok bool) {
	first = sort.Search(len(tokens), func(i int) bool { return tokens[i].Start >= f.Start })
	last = sort.Search(len(tokens), func(i int) bool { return tokens[i].End > f.End }) - 1
	return first, last, first <= last
}

// partOf is the part that a token has in a mention.
func partOf(i, first, last int) uint64 {
	switch {
	case first == last:
		return single
	case i == first:
		return begin
	case i == last:
		return end
	}
	return inside
}

// level draws a probability into few steps.
func level(p float64) uint64 {
	for i, limit := range [...]float64{0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.97} {
		if p < limit {
			return uint64(i)
		}
	}
	return 8
}
