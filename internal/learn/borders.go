package learn

import (
	"math"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// borders tell at which tokens of ours a mention may begin and end, where the input's own tokens say so, which may be
// coarser. nil: at all.
type borders []edge

type edge struct{ begins, ends bool }

// bordersOf compares the tokens that are given, nil where none are, with ours.
func bordersOf(given, ours []corpora.Token) borders {
	if given == nil || slices.Equal(given, ours) {
		return nil
	}
	begins, ends := make(map[int]bool, len(given)), make(map[int]bool, len(given))
	for _, t := range given {
		begins[t.Start], ends[t.End] = true, true
	}
	list := make(borders, len(ours))
	for i, t := range ours {
		list[i] = edge{begins[t.Start], ends[t.End]}
	}
	return list
}

// bound makes impossible what crosses the borders, before run: so the probabilities are those given that mentions keep
// to them, and what a mention with other borders would have had goes to those that can be.
func (t *lattice) bound(b borders) {
	never := math.Inf(-1)
	for i, at := range b {
		row := t.row(t.score, i)
		for l := range t.labels {
			tag := t.tag(l, 0)
			if !at.begins {
				row[tag+begin], row[tag+single] = never, never
			}
			if !at.ends {
				row[tag+end], row[tag+single] = never, never
			}
		}
	}
}
