package retrieval

import (
	"cmp"
	"math"
	"slices"

	"github.com/ragner/ragner/index/forward"
)

// candidate is a sentence that may be shown, with what of the query it covers.
type candidate struct {
	fused
	words  []forward.Word // distinct, ascending
	has    []int32        // which of the chooser's needs, each once
	labels []uint32       // distinct; only where labels are balanced
}

// chooser picks demonstrations from candidates in fused order.
type chooser struct {
	settings Settings
	needs    needs
}

// progress is what the sentences chosen so far cover and show.
type progress struct {
	chosen  []candidate
	covered []bool    // by need
	shown   []uint32  // labels
	like    []float64 // by candidate: how much it is like the chosen sentence that it is most like; only for MMR
}

// choose picks K candidates, one after the other that which adds most, the first in fused order among equals.
// Near-duplicates of a chosen sentence are passed over. The result is ordered by fused score.
func (c *chooser) choose(pool []candidate) []candidate {
	s := progress{covered: make([]bool, len(c.needs.weights)), like: make([]float64, len(pool))}
	taken := make([]bool, len(pool))
	for left := len(pool); len(s.chosen) < c.settings.K && left > 0; left-- {
		best, most := -1, math.Inf(-1)
		for i := range pool {
			if taken[i] {
				continue
			}
			if g := c.gain(&pool[i], &s, s.like[i]); g > most || best < 0 {
				best, most = i, g
			}
		}
		taken[best] = true
		if !c.repeats(&pool[best], s.chosen) {
			c.take(pool, best, &s)
		}
	}
	slices.SortFunc(s.chosen, func(a, b candidate) int { return compareFused(a.fused, b.fused) })
	return s.chosen
}

// gain is what showing p adds: its fused score, the needs that it meets first, with Balance labels not yet shown. MMR
// takes off how much p is like a chosen sentence.
func (c *chooser) gain(p *candidate, s *progress, like float64) float64 {
	g := p.score + c.fresh(p, s.covered) + c.newLabels(p, s.shown)
	if lambda := c.settings.MMR; lambda < 1 {
		g = float64(lambda*g) - float64((1-lambda)*like)
	}
	return g
}

// fresh is the weight of the needs that p meets and no chosen sentence does.
func (c *chooser) fresh(p *candidate, covered []bool) float64 {
	sum := 0.0
	for _, at := range p.has {
		if !covered[at] {
			sum += c.needs.weights[at]
		}
	}
	return sum
}

// balanceWeight is what a sentence of new labels only is worth beside a fused score of 0 to 1.
const balanceWeight = 0.3

func (c *chooser) newLabels(p *candidate, shown []uint32) float64 {
	sum := 0.0
	for _, label := range p.labels {
		if !slices.Contains(shown, label) {
			sum += balanceWeight / float64(len(p.labels))
		}
	}
	return sum
}

// take adds a candidate to the chosen ones, with what made it one.
func (c *chooser) take(pool []candidate, at int, s *progress) {
	next, rank := pool[at], len(s.chosen)+1
	next.from = slices.Clip(next.from)
	if c.settings.Coverage {
		next.from = c.needs.explain(next.from, next.has, s.covered, rank)
	}
	if c.settings.Balance {
		next.from = append(next.from, Contribution{"labels", rank, c.newLabels(&next, s.shown)})
	}
	if c.settings.MMR < 1 {
		next.from = append(next.from, Contribution{"likeness", rank, s.like[at]})
		for i := range pool {
			s.like[i] = max(s.like[i], jaccard(pool[i].words, next.words))
		}
	}
	for _, need := range next.has {
		s.covered[need] = true
	}
	s.shown = append(s.shown, next.labels...)
	s.chosen = append(s.chosen, next)
}

func (c *chooser) repeats(p *candidate, chosen []candidate) bool {
	limit := c.settings.NearDuplicate
	return limit > 0 && slices.ContainsFunc(chosen, func(o candidate) bool { return jaccard(p.words, o.words) > limit })
}

// jaccard is the share of the words of either list that both have; the lists ascend.
func jaccard(a, b []forward.Word) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch cmp.Compare(a[i], b[j]) {
		case -1:
			i++
		case 1:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
