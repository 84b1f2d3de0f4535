package score

import "slices"

// Examples are up to perKind errors of each kind, spread over the documents; the same pairs give the same.
func Examples(pairs []Pair, perKind int) []ErrorCase {
	var all, out []ErrorCase
	for _, p := range pairs {
		all = append(all, ErrorCases(p)...)
	}
	for _, i := range Spread(all, perKind) {
		out = append(out, all[i])
	}
	return out
}

// Spread chooses up to perKind cases of each kind and gives their positions, by kind and then in order. It takes
// them from as many documents as it can, at equal distances in the collection, and the middle one of a document,
// so that a few examples do not all come from the first titles.
func Spread(cases []ErrorCase, perKind int) []int {
	var out []int
	for _, kind := range Kinds() {
		chosen := everyWhere(byDocument(cases, kind), perKind)
		slices.Sort(chosen)
		out = append(out, chosen...)
	}
	return out
}

// byDocument groups the positions of the cases of a kind, in the order of the documents' first.
func byDocument(cases []ErrorCase, kind Kind) [][]int {
	var groups [][]int
	at := map[string]int{}
	for i, c := range cases {
		if c.Kind != kind {
			continue
		}
		g, ok := at[c.DocID]
		if !ok {
			g, at[c.DocID] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// everyWhere takes n items: one of each group while there are groups left, then a second one. It uses groups up.
func everyWhere(groups [][]int, n int) []int {
	var out []int
	for n > 0 && len(groups) > 0 {
		k := min(n, len(groups))
		for i := range k {
			group := &groups[(2*i+1)*len(groups)/(2*k)]
			middle := len(*group) / 2
			out = append(out, (*group)[middle])
			*group = slices.Delete(*group, middle, middle+1)
		}
		n -= k
		groups = slices.DeleteFunc(groups, func(g []int) bool { return len(g) == 0 })
	}
	return out
}
