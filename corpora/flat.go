package corpora

import (
	"cmp"
	"slices"
	"sort"
)

// What Flatten may lose, and what it changes.
const (
	LostNested        = "nested entities"
	LostCrossing      = "crossing entities"
	LostDiscontinuous = "discontinuous entities"
	LostSameSpan      = "entities on a span already labelled"
	LostBlank         = "entities without tokens"
	LostBorders       = "entity borders moved to tokens"
)

// TokenSpan is an entity in a flat tag sequence: tokens [Start, End). Entity is its index among the entities
// given to Flatten, -1 when it was read from tags.
type TokenSpan struct {
	Start, End int
	Label      string
	Entity     int
}

// Flatten projects the entities of a onto its tokens such that none overlap, in text order, and counts what is
// lost. It is the only such projection: every flat format uses it.
//
// An entity covers all tokens it touches; one that begins or ends inside a token is counted as moved. Fragments
// with no token between them count as continuous; truly discontinuous entities are left out. Then entities are
// taken from the longest (in tokens) to the shortest, of equals the first in the order of CompareEntities, and
// one that overlaps a taken entity is left out: counted as nested when one of the two contains the other.
func Flatten(a Annotated) ([]TokenSpan, Loss) {
	lost := Loss{}
	spans := make([]TokenSpan, 0, len(a.Entities))
	for i, e := range a.Entities {
		if span, ok := project(a, e, lost); ok {
			span.Entity = i
			spans = append(spans, span)
		}
	}
	slices.SortStableFunc(spans, func(x, y TokenSpan) int {
		return cmp.Or(cmp.Compare(y.End-y.Start, x.End-x.Start),
			CompareEntities(a.Entities[x.Entity], a.Entities[y.Entity]))
	})
	owner := make([]int, len(a.Tokens)) // 1 + the index in kept of the span that has the token
	var kept []TokenSpan
	for _, span := range spans {
		if blocker, ok := blocking(span, owner, kept); ok {
			lost.Add(relation(span, blocker), 1)
			continue
		}
		kept = append(kept, span)
		for i := span.Start; i < span.End; i++ {
			owner[i] = len(kept)
		}
	}
	slices.SortFunc(kept, func(x, y TokenSpan) int { return cmp.Compare(x.Start, y.Start) })
	return kept, lost
}

// project gives the tokens e touches; ok is false when it has none or lies apart.
func project(a Annotated, e Entity, lost Loss) (span TokenSpan, ok bool) {
	if len(e.Fragments) == 0 {
		lost.Add(LostBlank, 1)
		return span, false
	}
	first, last := touched(a.Tokens, e.Start(), e.End())
	if first >= last {
		lost.Add(LostBlank, 1)
		return span, false
	}
	for i := 1; i < len(e.Fragments); i++ {
		if from, to := touched(a.Tokens, e.Fragments[i-1].End, e.Fragments[i].Start); from < to {
			lost.Add(LostDiscontinuous, 1)
			return span, false
		}
	}
	if a.Tokens[first].Start < e.Start() || a.Tokens[last-1].End > e.End() {
		lost.Add(LostBorders, 1)
	}
	return TokenSpan{Start: first, End: last, Label: e.Label}, true
}

// touched is the range of tokens that share a byte with [start, end).
func touched(tokens []Token, start, end int) (first, last int) {
	first = sort.Search(len(tokens), func(i int) bool { return tokens[i].End > start })
	last = sort.Search(len(tokens), func(i int) bool { return tokens[i].Start >= end })
	return first, last
}

func blocking(span TokenSpan, owner []int, kept []TokenSpan) (TokenSpan, bool) {
	for i := span.Start; i < span.End; i++ {
		if owner[i] > 0 {
			return kept[owner[i]-1], true
		}
	}
	return TokenSpan{}, false
}

func relation(span, blocker TokenSpan) string {
	switch {
	case span.Start == blocker.Start && span.End == blocker.End:
		return LostSameSpan
	case span.Start >= blocker.Start && span.End <= blocker.End:
		return LostNested
	}
	return LostCrossing
}

// EntityOf is the entity that span stands for, with offsets as tokens has them.
func (span TokenSpan) EntityOf(tokens []Token) Entity {
	return Entity{Label: span.Label, Fragments: []Fragment{{tokens[span.Start].Start, tokens[span.End-1].End}}}
}
