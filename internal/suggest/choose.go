package suggest

import (
	"cmp"
	"math"
	"slices"

	"github.com/ragner/ragner/index/forward"
)

// likeFloor is what the likeness of a sentence to the others is at least taken for: the built-in embedding knows English
// alone, and what it does not know is not unlike everything else.
const likeFloor = 0.1

// choose chooses one sentence after the other, each time the one that is worth most.
func (p *pool) choose() []Pick {
	all := []*candidate(p.kept)
	slices.SortFunc(all, func(a, b *candidate) int { return cmp.Compare(a.order, b.order) })
	p.measureLikeness(all)
	g := greedy{pool: p, chosen: map[forward.Key]int{}, worth: make([]float64, len(all))}
	for i, c := range all {
		g.worth[i] = g.value(c)
	}
	var picks []Pick
	first := 0.0
	taken := make([]bool, len(all))
	for len(picks) < min(p.N, len(all)) {
		best := g.best(all, taken)
		taken[best] = true
		if len(picks) == 0 {
			first = g.worth[best]
		}
		picks = append(picks, all[best].pick(share(g.worth[best], first)))
		g.note(all[best])
	}
	return picks
}

func share(x, of float64) float64 {
	if of == 0 {
		return 0
	}
	return x / of
}

// measureLikeness is each candidate's mean cosine similarity to all sentences looked at: its product with their mean, as
// all vectors have length 1.
func (p *pool) measureLikeness(all []*candidate) {
	for _, c := range all {
		for i, v := range c.vector {
			c.like += float64(v) * p.sum[i]
		}
		c.like = max(c.like/float64(p.seen), 0)
	}
}

// greedy is the state of the choice.
type greedy struct {
	*pool
	chosen map[forward.Key]int // how often a surface in doubt stands in what is chosen
	worth  []float64           // by candidate, as last computed: an upper bound, since worth only falls
}

// best is the candidate that is worth most, the first of equal ones. A worth that was computed before the last choice is an
// upper bound, so that few are computed anew (lazy greedy, Minoux 1978).
func (g *greedy) best(all []*candidate, taken []bool) int {
	at := -1
	for i, c := range all {
		if taken[i] || at >= 0 && g.worth[i] <= g.worth[at] {
			continue
		}
		g.worth[i] = g.value(c)
		if at < 0 || g.worth[i] > g.worth[at] {
			at = i
		}
	}
	return at
}

// value is what a candidate is worth beside what is chosen: the doubts of its spans, each the less the more often its
// surface has been met, over its length, times its likeness to all.
func (g *greedy) value(c *candidate) float64 {
	sum := 0.0
	for k, d := range c.doubts {
		times := g.chosen[d.key]
		for _, before := range c.doubts[:k] {
			if before.key == d.key && before.Label == d.Label {
				times++
			}
		}
		sum += d.weight * math.Pow(g.Again, float64(times))
	}
	return sum / g.byLength(c) * math.Pow(max(c.like, likeFloor), g.Density)
}

// note counts the surfaces in doubt of what is chosen.
func (g *greedy) note(c *candidate) {
	met := map[forward.Key]bool{}
	for _, d := range c.doubts {
		if !met[d.key] {
			g.chosen[d.key]++
			met[d.key] = true
		}
	}
}

func (c *candidate) pick(score float64) Pick {
	out := Pick{
		Sentence: c.Sentence, CodePoints: c.codePoints, Before: c.before, After: c.after,
		Score: score, Doubt: c.doubt, Density: c.like,
	}
	for _, d := range c.doubts {
		out.Doubts = append(out.Doubts, d.Doubt)
	}
	return out
}
