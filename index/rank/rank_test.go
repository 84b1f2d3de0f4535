package rank

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTopIsTheHeadOfTheSortedList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 60 {
		all := make([]Hit, n)
		for i := range all {
			all[i] = Hit{Row: i, Score: float64(r.IntN(8))} // many ties
		}
		r.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, k := range []int{-1, 0, 1, 3, n, n + 5} {
			top := NewTop(k)
			for _, h := range all {
				top.Add(h)
			}
			sorted := slices.SortedFunc(slices.Values(all), Compare)
			if got := top.Ranked(); !slices.Equal(got, sorted[:max(min(k, n), 0)]) {
				t.Fatalf("n=%d k=%d: %v", n, k, got)
			}
		}
	}
}
