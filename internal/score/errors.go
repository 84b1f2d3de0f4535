package score

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// Kind is what is wrong with a prediction or a gold mention.
type Kind string

// The kinds of error. Every gold mention is right or in one of boundary, label, both and missed; every
// prediction is right or in one of boundary, label, both and spurious.
const (
	right    Kind = ""         // same fragments, same label: no error
	Boundary Kind = "boundary" // the label is right, the fragments overlap
	Label    Kind = "label"    // the fragments are right
	Both     Kind = "both"     // the fragments overlap, the label is another
	Missed   Kind = "missed"   // nothing predicted is paired with the gold mention
	Spurious Kind = "spurious" // the prediction is paired with no gold mention
)

// ErrorCounts count the errors by kind.
type ErrorCounts struct {
	Boundary int `json:"boundary"`
	Label    int `json:"label"`
	Both     int `json:"both"`
	Missed   int `json:"missed"`
	Spurious int `json:"spurious"`
}

// Of is the number of errors of a kind.
func (c ErrorCounts) Of(k Kind) int {
	return map[Kind]int{Boundary: c.Boundary, Label: c.Label, Both: c.Both, Missed: c.Missed, Spurious: c.Spurious}[k]
}

// add counts the links among so many gold and predicted mentions.
func (c *ErrorCounts) add(ls []link, gold, pred int) {
	c.Missed += gold - len(ls)
	c.Spurious += pred - len(ls)
	for _, l := range ls {
		switch l.kind() {
		case Boundary:
			c.Boundary++
		case Label:
			c.Label++
		case Both:
			c.Both++
		}
	}
}

// ErrorCase is one error with what was annotated and what was predicted; a missed one has no Pred, a spurious
// one no Gold.
type ErrorCase struct {
	DocID string
	Kind  Kind
	Gold  *corpora.Entity
	Pred  *corpora.Entity
}

// ErrorCases lists the errors of one pair: first those with a gold mention in its order, then the spurious.
func ErrorCases(p Pair) []ErrorCase {
	var out []ErrorCase
	gold, pred := p.mentions()
	for _, side := range p.comparable(gold, pred) {
		out = append(out, errorCases(p.Gold.ID, side)...)
	}
	return out
}

func errorCases(id string, s sides) []ErrorCase {
	var out []ErrorCase
	ls := links(s.gold, s.pred)
	partner := partners(ls, len(s.gold), func(l link) (int, int) { return l.gold, l.pred })
	for g, p := range partner {
		e := ErrorCase{DocID: id, Kind: Missed, Gold: &s.gold[g].entity}
		if p >= 0 {
			e.Pred, e.Kind = &s.pred[p].entity, kind(s.gold[g], s.pred[p])
		}
		if e.Kind != right {
			out = append(out, e)
		}
	}
	for p, g := range partners(ls, len(s.pred), func(l link) (int, int) { return l.pred, l.gold }) {
		if g < 0 {
			out = append(out, ErrorCase{DocID: id, Kind: Spurious, Pred: &s.pred[p].entity})
		}
	}
	return out
}

// link pairs a gold mention with a prediction that overlaps it.
type link struct {
	gold, pred int // positions
	tier       int // the smaller, the likelier meant: right, label, boundary, both
	likeness   float64
}

var tiers = [...]Kind{right, Label, Boundary, Both}

func (l link) kind() Kind { return tiers[l.tier] }

func kind(g, p mention) Kind { return tiers[tier(g, p)] }

func tier(g, p mention) int {
	switch {
	case g.key() == p.key():
		return 0
	case g.place == p.place:
		return 1
	case g.label == p.label:
		return 2
	}
	return 3
}

// links pairs gold and predicted mentions one to one, greedily: equal ones, then equal places, then equal
// labels, then the rest; among those of a tier the pair with the greatest Jaccard index of its bytes first, and
// the earliest among equals.
func links(gold, pred []mention) []link {
	usedGold, usedPred := make([]bool, len(gold)), make([]bool, len(pred))
	var out []link
	for _, l := range overlaps(gold, pred) {
		if !usedGold[l.gold] && !usedPred[l.pred] {
			usedGold[l.gold], usedPred[l.pred] = true, true
			out = append(out, l)
		}
	}
	return out
}

// overlaps are all overlapping pairs, the best first.
func overlaps(gold, pred []mention) []link {
	near := newNeighbourhood(gold)
	var out []link
	for p, m := range pred {
		for g := range near.of(m) {
			n := shared(gold[g], m)
			jaccard := float64(n) / float64(covered(gold[g])+covered(m)-n)
			out = append(out, link{g, p, tier(gold[g], m), jaccard})
		}
	}
	slices.SortFunc(out, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(b.likeness, a.likeness),
			cmp.Compare(a.gold, b.gold), cmp.Compare(a.pred, b.pred))
	})
	return out
}

// partners gives for each of n mentions the position of the one it is linked with, or -1.
func partners(ls []link, n int, ends func(link) (from, to int)) []int {
	out := slices.Repeat([]int{-1}, n)
	for _, l := range ls {
		from, to := ends(l)
		out[from] = to
	}
	return out
}
