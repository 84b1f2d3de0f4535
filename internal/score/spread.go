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
		groups := byDocument(cases, kind)
		sizes := make([]uint32, len(groups))
		for g, group := range groups {
			sizes[g] = uint32(len(group))
		}
		var chosen []int
		for _, p := range everyWhere(sizes, perKind) {
			chosen = append(chosen, groups[p.group][p.member])
		}
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

// pick is a member of a group, both by their place.
type pick struct{ group, member int }

// everyWhere takes n members of groups of these sizes, none of which is empty: one of each group while there are groups
// left, then a second one.
func everyWhere(sizes []uint32, n int) []pick {
	var out []pick
	left := upTo(len(sizes))
	members := map[int][]int{} // that are left of a group from which some were taken
	for n > 0 && len(left) > 0 {
		k := min(n, len(left))
		for i := range k {
			g := left[(2*i+1)*len(left)/(2*k)]
			if members[g] == nil {
				members[g] = upTo(int(sizes[g]))
			}
			middle := len(members[g]) / 2
			out = append(out, pick{g, members[g][middle]})
			members[g] = slices.Delete(members[g], middle, middle+1)
		}
		n -= k
		left = slices.DeleteFunc(left, func(g int) bool { return members[g] != nil && len(members[g]) == 0 })
	}
	return out
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
