package tag

import (
	"slices"

	"github.com/ragner/ragner/corpora"
)

// joinPieces joins what was found in two overlapping pieces of a sentence; the result is relative to the sentence. What
// touches the place where its piece was cut off may go on behind it, and stands whole in the other piece. Of two that
// overlap with one label, that one stays whose piece shows more of what is around it.
func joinPieces(s, left, right corpora.Sentence, first, second []corpora.Entity) []corpora.Entity {
	leftEnd, rightStart := left.Offset-s.Offset+len(left.Text), right.Offset-s.Offset
	border := (leftEnd + rightStart) / 2
	first = moved(first, left.Offset-s.Offset, func(e corpora.Entity) bool { return e.End() < leftEnd })
	second = moved(second, rightStart, func(e corpora.Entity) bool { return e.Start() > rightStart })
	var joined []corpora.Entity
	for _, e := range first {
		if e.Start() < border || !collides(e, second) {
			joined = append(joined, e)
		}
	}
	kept := slices.Clip(joined)
	for _, e := range second {
		if !collides(e, kept) {
			joined = append(joined, e)
		}
	}
	slices.SortStableFunc(joined, corpora.CompareEntities)
	return joined
}

// moved are the entities that are kept, by delta bytes further.
func moved(list []corpora.Entity, delta int, keep func(corpora.Entity) bool) []corpora.Entity {
	var out []corpora.Entity
	for _, e := range list {
		if e = e.Shift(delta); keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// collides reports whether an entity of the same label overlaps e.
func collides(e corpora.Entity, list []corpora.Entity) bool {
	return slices.ContainsFunc(list, func(o corpora.Entity) bool {
		return o.Label == e.Label && o.Start() < e.End() && e.Start() < o.End()
	})
}
