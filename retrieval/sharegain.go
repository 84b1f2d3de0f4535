package retrieval

import (
	"cmp"
	"slices"
)

// covered says which needs of some queries are met; a query that does not count has none.
type covered [][]bool

// newCovered has no need of the members met.
func (x *sharer) newCovered(members []int) covered {
	c := make(covered, len(x.queries))
	for _, i := range members {
		c[i] = make([]bool, len(x.queries[i].needs.weights))
	}
	return c
}

// choose picks the K rows that are together worth most to the members.
func (x *sharer) choose(members []int) []int {
	pool, c := x.pool(members), x.newCovered(members)
	var chosen []int
	for range x.searcher.settings.K {
		place, ok := x.best(pool, chosen, c)
		if !ok {
			break
		}
		x.cover(place, c)
		chosen = append(chosen, place)
	}
	return chosen
}

// pool are the places of all rows in the pools of the members, ascending.
func (x *sharer) pool(members []int) (places []int) {
	for _, i := range members {
		for _, f := range x.queries[i].pool {
			place, _ := slices.BinarySearchFunc(x.rows, f.row, func(r sharedRow, row int) int { return cmp.Compare(r.row, row) })
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// best is the row that adds most for the queries that count, the first of equals. Rows that are chosen, or nearly
// the same as one that is, are passed over.
func (x *sharer) best(pool, chosen []int, c covered) (place int, ok bool) {
	most := 0.0
	for _, p := range pool {
		if gain := x.gain(p, c); (!ok || gain > most) && !x.repeats(p, chosen) {
			place, most, ok = p, gain, true
		}
	}
	return place, ok
}

// gain is what a row adds: its fused scores, and the needs that it is the first to meet.
func (x *sharer) gain(place int, c covered) float64 {
	sum := 0.0
	for _, s := range x.rows[place].scores {
		if c[s.query] != nil {
			sum += s.score
		}
	}
	for _, m := range x.rows[place].meets {
		if c[m.query] != nil && !c[m.query][m.need] {
			sum += x.weight(m)
		}
	}
	return sum
}

func (x *sharer) weight(m meeting) float64 { return x.queries[m.query].needs.weights[m.need] }

func (x *sharer) cover(place int, c covered) {
	for _, m := range x.rows[place].meets {
		if c[m.query] != nil {
			c[m.query][m.need] = true
		}
	}
}

func (x *sharer) repeats(place int, chosen []int) bool {
	limit := x.searcher.settings.NearDuplicate
	return slices.ContainsFunc(chosen, func(o int) bool {
		return o == place || limit > 0 && jaccard(x.rows[place].words, x.rows[o].words) > limit
	})
}

// worth is what a set is worth to each query.
func (x *sharer) worth(set []int) []float64 {
	sums := make([]float64, len(x.queries))
	seen := map[meeting]bool{}
	for _, place := range set {
		for _, s := range x.rows[place].scores {
			sums[s.query] += s.score
		}
		for _, m := range x.rows[place].meets {
			if !seen[m] {
				seen[m] = true
				sums[m.query] += x.weight(m)
			}
		}
	}
	return sums
}
