package learn

import (
	"context"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/embed"
)

// meaningBits are how many columns of the built-in table's vectors make a grouping of the words, from coarse to fine.
var meaningBits = [...]int{6, 9, 12}

// meaning is the groups that a word falls into: the signs of the first columns of its vector. The columns are principal
// components, so the first few part the words most, and words near in meaning stay together. A word that the table, which
// is English, does not know, is in the groups 0.
type meaning [len(meaningBits)]uint64

// meaningsOf are the meanings of a sentence's tokens.
func meaningsOf(ctx context.Context, text string, tokens []corpora.Token) ([]meaning, error) {
	table, err := embed.NewStatic()
	if err != nil {
		return nil, err
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = text[t.Start:t.End]
	}
	vectors, err := table.Embed(ctx, words)
	if err != nil {
		return nil, err
	}
	list := make([]meaning, len(tokens))
	for i, v := range vectors {
		list[i] = signs(v)
	}
	return list, nil
}

func signs(v []float32) (m meaning) {
	known := false
	for k, bits := range meaningBits {
		m[k] = 1 // before the bits, so that no group is 0
		for _, x := range v[:bits] {
			m[k] <<= 1
			if x > 0 {
				m[k]++
			}
			known = known || x != 0
		}
	}
	if !known {
		return meaning{}
	}
	return m
}

var kMeaning = kind("meaning")

// meaningAttributes are the groups of the words from two before to two after.
func (v *view) meaningAttributes(i int) {
	for o := -2; o <= 2; o++ {
		if k := i + o; k >= 0 && k < len(v.meanings) {
			for grain, group := range v.meanings[k] {
				v.add(i, kMeaning, at(o), uint64(grain), group)
			}
		}
	}
}
