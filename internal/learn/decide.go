package learn

import (
	"cmp"
	"slices"
	"strings"
)

// Decide chooses of mentions that may overlap those with at least the threshold that do not, so that the sum of what
// their scores lie above it is greatest: weighted interval scheduling. The result is in text order.
func Decide(all []Mention, threshold float64) []Mention {
	list := slices.DeleteFunc(slices.Clone(all), func(m Mention) bool { return m.Score < threshold })
	slices.SortFunc(list, func(a, b Mention) int {
		return cmp.Or(cmp.Compare(a.Last, b.Last), cmp.Compare(a.First, b.First), strings.Compare(a.Label, b.Label))
	})
	best, take := make([]float64, len(list)+1), make([]bool, len(list))
	before := make([]int, len(list)) // how many mentions end before this one begins
	for i, m := range list {
		before[i], _ = slices.BinarySearchFunc(list, m.First, func(o Mention, first int) int { return cmp.Compare(o.Last, first) })
		with := best[before[i]] + m.Score - threshold
		if take[i] = with > best[i] || with == best[i] && before[i] == i; take[i] {
			best[i+1] = with
		} else {
			best[i+1] = best[i]
		}
	}
	var chosen []Mention
	for i := len(list); i > 0; {
		if take[i-1] {
			chosen = append(chosen, list[i-1])
			i = before[i-1]
		} else {
			i--
		}
	}
	slices.Reverse(chosen)
	return chosen
}
