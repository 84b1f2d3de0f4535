package score

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm adjusts the p-values of several tests, so that the chance of even one false alarm stays below the level
// that the adjusted values are compared with (Holm 1979, step-down): the smallest is multiplied by their number,
// the next by one less, and so on; none falls below the one before, and none exceeds 1. The result is in p's order.
// It panics on what is no probability, NaN above all, which would pass every comparison unseen.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i, x := range p {
		if !(x >= 0 && x <= 1) {
			panic(fmt.Sprintf("score.Holm: p-value %d of %d is %v", i+1, len(p), x))
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out, least := make([]float64, len(p)), 0.
	for rank, i := range order {
		least = max(least, min(1, p[i]*float64(len(p)-rank)))
		out[i] = least
	}
	return out
}
