package ablation

import (
	"math/rand/v2"
	"slices"
)

// Sample draws n of the items without replacement and keeps their order; all of them when there are no more than n
// or n is 0. The same seed and number of items give the same draw.
func Sample[T any](items []T, n int, seed uint64) []T {
	if n <= 0 || n >= len(items) {
		return items
	}
	places := rand.New(rand.NewPCG(seed, uint64(len(items)))).Perm(len(items))[:n]
	slices.Sort(places)
	drawn := make([]T, 0, n)
	for _, at := range places {
		drawn = append(drawn, items[at])
	}
	return drawn
}
