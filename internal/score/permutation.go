package score

import (
	"math"
	"math/rand/v2"
)

// PairedPermutation tests whether two runs over the same documents in the same order differ in micro F1, by
// approximate randomization (Noreen 1989; for F1 Yeh 2000): were they alike, it would not matter which of them a
// document's counts came from. In each resample every document's counts change sides with probability ½, and p is
// the share of resamples that differ by as much as the runs do, one added to count and number. So it is 1 for equal
// runs, never below 1/(Resamples+1), and the same when a and b are exchanged. Level is not used.
func PairedPermutation(a, b []DocCounts, c Criterion, o Options) (p float64, err error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	if err := sameDocs(a, b); err != nil {
		return 0, err
	}
	none := make([]bool, len(a))
	observed := swappedDelta(a, b, c, none)
	random, swap := rand.New(rand.NewPCG(o.Seed, uint64(len(a)))), none
	asFar := 1
	for range o.Resamples {
		for i := range swap {
			swap[i] = random.Uint64()&1 == 1
		}
		if swappedDelta(a, b, c, swap) >= observed {
			asFar++
		}
	}
	return float64(asFar) / float64(o.Resamples+1), nil
}

// swappedDelta is how far the F1 of the two runs lie apart when the marked documents change sides. Counts are
// multiples of ½, so that sums are exact and equal differences compare as equal.
func swappedDelta(a, b []DocCounts, c Criterion, swap []bool) float64 {
	var x, y Counts
	for i := range a {
		first, second := a[i].Tally[c], b[i].Tally[c]
		if swap[i] {
			first, second = second, first
		}
		x.Add(first)
		y.Add(second)
	}
	return math.Abs(y.f1() - x.f1())
}
