package score

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Options are the settings of the bootstrap.
type Options struct {
	Resamples int    // drawn collections
	Seed      uint64 // same seed, same interval
	Level     float64
}

// Defaults are 1,000 resamples, seed 1 and a 95 % interval.
func Defaults() Options { return Options{Resamples: 1000, Seed: 1, Level: .95} }

// Validate refuses settings that give no interval.
func (o Options) Validate() error {
	if o.Resamples < 1 {
		return fmt.Errorf("resamples must be at least 1, not %d", o.Resamples)
	}
	if !(o.Level > 0 && o.Level < 1) {
		return fmt.Errorf("level must lie between 0 and 1, not %v", o.Level)
	}
	return nil
}

// Interval holds the bounds of an F1, or of a difference of two.
type Interval struct{ Low, High float64 }

// Intervals are the percentile bootstrap intervals of micro F1 by criterion (Efron 1979): collections of as many
// documents are drawn with replacement. All criteria share the draws. Without documents they are zero.
func Intervals(docs []DocCounts, o Options) [criteria]Interval {
	sample := newSample()
	for _, d := range docs {
		sample.add(d.Tally)
	}
	return sample.intervals(o)
}

// Comparison is how much better the second of two runs is.
type Comparison struct {
	Delta float64 // micro F1 of the second less that of the first
	Interval
	P float64 // two-sided: how likely a difference of this sign is an accident of the documents drawn
}

// PairedBootstrap compares two runs over the same documents in the same order by micro F1: each resample draws
// the same documents for both (Efron and Tibshirani 1993; for language tasks Berg-Kirkpatrick and others 2012).
// P is twice the share of resamples on the far side of no difference, one added to count and number, 1 at most;
// so it is below 0.05 about where the 95 % interval leaves out 0.
func PairedBootstrap(a, b []DocCounts, c Criterion, o Options) (Comparison, error) {
	if err := o.Validate(); err != nil {
		return Comparison{}, err
	}
	if err := sameDocs(a, b); err != nil {
		return Comparison{}, err
	}
	var deltas []float64
	resample(len(a), o, func(draw []int) {
		deltas = append(deltas, delta(a, b, c, slices.Values(draw)))
	})
	all := delta(a, b, c, func(yield func(int) bool) {
		for i := 0; i < len(a) && yield(i); i++ {
		}
	})
	return Comparison{all, interval(deltas, o.Level), twoSided(deltas)}, nil
}

func sameDocs(a, b []DocCounts) error {
	if len(a) != len(b) {
		return fmt.Errorf("compare two runs: %d documents in one, %d in the other", len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			return fmt.Errorf("compare two runs: document %d is %q in one, %q in the other", i+1, a[i].ID, b[i].ID)
		}
	}
	return nil
}

func delta(a, b []DocCounts, c Criterion, draw func(func(int) bool)) float64 {
	var x, y Counts
	for d := range draw {
		x.Add(a[d].Tally[c])
		y.Add(b[d].Tally[c])
	}
	return y.f1() - x.f1()
}

func twoSided(deltas []float64) float64 {
	below, above := 0, 0
	for _, d := range deltas {
		if d <= 0 {
			below++
		}
		if d >= 0 {
			above++
		}
	}
	return math.Min(1, 2*float64(min(below, above)+1)/float64(len(deltas)+1))
}

// resample calls use with each drawn collection, positions of n documents; use must not keep the slice.
func resample(n int, o Options, use func(draw []int)) {
	if n == 0 {
		return
	}
	random := rand.New(rand.NewPCG(o.Seed, uint64(n)))
	draw := make([]int, n)
	for range o.Resamples {
		for i := range draw {
			draw[i] = random.IntN(n)
		}
		use(draw)
	}
}

// interval takes the percentiles that leave out half of 1-level at each end, interpolated between ranks.
func interval(samples []float64, level float64) Interval {
	if len(samples) == 0 {
		return Interval{}
	}
	slices.Sort(samples)
	tail := (1 - level) / 2
	return Interval{percentile(samples, tail), percentile(samples, 1-tail)}
}

// percentile is quantile definition 7 of Hyndman and Fan (1996), numpy's default. sorted is not empty.
func percentile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
