package score

import (
	"slices"
	"sort"

	"github.com/ragner/ragner/corpora"
)

// tally counts gold against pred by every criterion. Both are sets in order.
func tally(tokens ruler, gold, pred []mention) Tally {
	near := newNeighbourhood(gold)
	sameLabel := func(g, p mention) bool { return g.label == p.label }
	exact := common(gold, pred, func(m mention) string { return m.place })
	halves := halfMatches(gold, pred)
	credit := [criteria]float64{
		Strict:  float64(common(gold, pred, mention.key)),
		Exact:   float64(exact),
		Partial: float64(exact) + float64(halves)/2,
		Type:    float64(typed(tokens, near, pred)),
		Overlap: float64(most(near, pred, sameLabel)),
	}
	var t Tally
	for c := range t {
		t[c] = counted(credit[c], len(gold), len(pred))
	}
	return t
}

// common is how many of gold and pred can be paired one to one by equal keys.
func common(gold, pred []mention, key func(mention) string) int {
	free := make(map[string]int, len(gold))
	for _, g := range gold {
		free[key(g)]++
	}
	n := 0
	for _, p := range pred {
		if k := key(p); free[k] > 0 {
			free[k]--
			n++
		}
	}
	return n
}

// halfMatches pairs by overlap what is left when mentions of equal place have been paired.
func halfMatches(gold, pred []mention) int {
	anyLabel := func(_, _ mention) bool { return true }
	return most(newNeighbourhood(without(gold, pred)), without(pred, gold), anyLabel)
}

// without is ms less those that pair one to one with others of equal place.
func without(ms, others []mention) []mention {
	free := make(map[string]int, len(others))
	for _, o := range others {
		free[o.place]++
	}
	return slices.Collect(func(yield func(mention) bool) {
		for _, m := range ms {
			if free[m.place]--; free[m.place] < 0 && !yield(m) {
				return
			}
		}
	})
}

// typed counts as nervaluate does for "ent_type": predictions in order, each takes the free gold mention of its
// label whose borders are closest, else the first free one it overlaps, which then counts for nobody else.
// Unlike there, equal mentions are paired first, so that a nested neighbour cannot take another's match.
func typed(tokens ruler, gold neighbourhood, pred []mention) int {
	taken := make([]bool, len(gold.list))
	rest, n := takeEqual(gold.list, pred, taken)
	for _, p := range rest {
		g, right := choose(tokens, gold, p, taken)
		if g >= 0 {
			taken[g] = true
		}
		if right {
			n++
		}
	}
	return n
}

// takeEqual marks the gold mentions that are predicted to the letter, and gives the other predictions.
func takeEqual(gold, pred []mention, taken []bool) (rest []mention, n int) {
	at := make(map[string]int, len(gold))
	for i, g := range gold {
		at[g.key()] = i
	}
	for _, p := range pred {
		if i, ok := at[p.key()]; ok {
			taken[i] = true
			n++
		} else {
			rest = append(rest, p)
		}
	}
	return rest, n
}

// choose finds p's gold mention, -1 when it overlaps no free one, and whether the labels are the same.
func choose(tokens ruler, gold neighbourhood, p mention, taken []bool) (best int, right bool) {
	best, wrong, nearest := -1, -1, 0
	for g := range gold.of(p) {
		switch m := gold.list[g]; {
		case taken[g]:
		case m.label != p.label:
			if wrong < 0 {
				wrong = g
			}
		default:
			if d := tokens.distance(m, p); best < 0 || d < nearest {
				best, nearest = g, d
			}
		}
	}
	if best >= 0 {
		return best, true
	}
	return wrong, false
}

// ruler measures a text in its tokens.
type ruler []corpora.Token

// distance is how many tokens the outer borders of a and b lie apart; a border inside a token counts as the
// token's own. The unit matters, for two candidates may be nearest in one unit each; nervaluate, too, counts
// tokens when it reads CoNLL.
func (r ruler) distance(a, b mention) int {
	return abs(r.after(a.start())-r.after(b.start())) + abs(r.before(a.end())-r.before(b.end()))
}

// after is the position of the first token that ends after the offset, before that of the first token which
// begins at it or later.
func (r ruler) after(offset int) int {
	return sort.Search(len(r), func(i int) bool { return r[i].End > offset })
}

func (r ruler) before(offset int) int {
	return sort.Search(len(r), func(i int) bool { return r[i].Start >= offset })
}

func abs(n int) int { return max(n, -n) }
