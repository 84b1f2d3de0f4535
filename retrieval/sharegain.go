package retrieval

import "slices"

// covered says which words of some queries are covered; a query that does not count has none.
type covered [][]bool

// newCovered has no word of the members covered.
func (x *sharer) newCovered(members []int) covered {
	c := make(covered, len(x.queries))
	for _, i := range members {
		c[i] = make([]bool, len(x.queries[i].known))
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
			place, _ := slices.BinarySearchFunc(x.rows, f.row, func(r sharedRow, row int) int { return r.row - row })
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

// gain is what a row adds: its fused scores, and the words that it is the first to cover.
func (x *sharer) gain(place int, c covered) float64 {
	sum := 0.0
	for _, s := range x.rows[place].scores {
		if c[s.query] != nil {
			sum += s.score
		}
	}
	if !x.searcher.settings.Coverage {
		return sum
	}
	for _, w := range x.rows[place].covers {
		if c[w.query] != nil && !c[w.query][w.word] {
			sum += w.weight
		}
	}
	return sum
}

func (x *sharer) cover(place int, c covered) {
	for _, w := range x.rows[place].covers {
		if c[w.query] != nil {
			c[w.query][w.word] = true
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
	seen := map[[2]int]bool{}
	for _, place := range set {
		for _, s := range x.rows[place].scores {
			sums[s.query] += s.score
		}
		for _, w := range x.rows[place].covers {
			if at := [2]int{w.query, w.word}; !seen[at] && x.searcher.settings.Coverage {
				seen[at] = true
				sums[w.query] += w.weight
			}
		}
	}
	return sums
}
