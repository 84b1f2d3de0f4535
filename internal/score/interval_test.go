package score

import (
	"math"
	"testing"
)

// F1 of equal numbers of gold and predicted mentions is the share of right ones: three ways to one interval.
func TestIntervalsShareTheirDraws(t *testing.T) {
	docs := someDocs(80, .7, 1)
	var ratios []Ratio
	var counts []Counts
	for _, d := range docs {
		c := d.Tally[Strict]
		ratios, counts = append(ratios, Ratio{c.TP, c.TP + c.FN}), append(counts, c)
	}
	want := Intervals(docs, Defaults())[Strict]
	if got := CountsInterval(counts, Defaults()); got != want {
		t.Errorf("of counts %v, want %v", got, want)
	}
	got := RatioInterval(ratios, Defaults())
	if math.Abs(got.Low-want.Low) > 1e-12 || math.Abs(got.High-want.High) > 1e-12 {
		t.Errorf("of ratios %v, want %v", got, want)
	}
}

func TestRatioInterval(t *testing.T) {
	for _, c := range []struct {
		name string
		docs []Ratio
		want Interval
	}{
		{"no document", nil, Interval{}},
		{"one", []Ratio{{1, 4}}, Interval{.25, .25}},
		{"equal ones", []Ratio{{1, 2}, {1, 2}, {2, 4}}, Interval{.5, .5}},
		{"nothing to hit", []Ratio{{0, 0}, {0, 0}}, Interval{0, 0}},
		// The sums count, not the documents' shares: both drawn once, 1 of 100; each bound is one document twice.
		{"all or nothing", []Ratio{{1, 1}, {0, 99}}, Interval{0, 1}},
	} {
		if got := RatioInterval(c.docs, Defaults()); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	half := RatioInterval([]Ratio{{1, 1}, {0, 99}}, Options{Resamples: 1000, Seed: 1, Level: .4})
	if half.Low != .01 || half.High != .01 {
		t.Errorf("the middle: %v, want the share of the sums", half)
	}
}
