package report

import (
	"cmp"
	"math"
	"slices"
)

// offer is a row with its price and its quality.
type offer struct {
	Row      row
	Cost     float64
	Quality  float64
	Frontier bool // no other row is better without costing more, or cheaper without being worse
}

// offers are the finished rows that have both figures, the cheapest first.
func offers(rows []row, cost func(row) (float64, bool), quality figure) []offer {
	var out []offer
	for _, r := range having(rows, quality) {
		price, ok := cost(r)
		if !ok || unfinished(r) > 0 {
			continue
		}
		value, _ := quality.of(r)
		out = append(out, offer{Row: r, Cost: price, Quality: value.Value})
	}
	markFrontier(out)
	return out
}

// markFrontier sorts offers by cost and marks the Pareto frontier. Of equal offers all are on it or none.
func markFrontier(all []offer) {
	slices.SortStableFunc(all, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(b.Quality, a.Quality))
	})
	bar := math.Inf(-1) // the best quality at a lower cost or earlier at this one
	for i := range all {
		same := i > 0 && all[i-1].Frontier && all[i-1].Cost == all[i].Cost && all[i-1].Quality == all[i].Quality
		all[i].Frontier = all[i].Quality > bar || same
		bar = math.Max(bar, all[i].Quality)
	}
}
