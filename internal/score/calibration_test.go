package score

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// scoredPair gives the predictions of a pair their scores, in order.
func scoredPair(t *testing.T, gold, pred string, scores ...float64) Pair {
	t.Helper()
	p := pairOf(t, gold, pred)
	for i, s := range scores {
		p.Pred.Entities[i].Score = s
	}
	return p
}

// calibrate compares pairs that are in memory.
func calibrate(pairs []Pair, bins int) Calibration {
	c := NewCalibrator(bins)
	for _, p := range pairs {
		c.Add(p)
	}
	return c.Calibration()
}

func TestCalibrate(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs []Pair
		bins  int
		want  Calibration
	}{
		{"nothing", nil, 10, Calibration{}},
		{"no scores", []Pair{scoredPair(t, "A:0-5", "A:0-5", 0)}, 10, Calibration{}},
		{
			// Bin .9 to 1: scores .95, .95, .9 and 1, mean .95, 3 of 4 right, gap .2. Bin .2 to .3: .2, wrong, gap .2.
			// ECE (4*.2 + 1*.2)/5. Brier (.05² + .05² + .9² + 0² + .2²)/5.
			"by hand",
			[]Pair{
				scoredPair(t, "A:0-5 A:6-11", "A:0-5 A:6-11 A:12-17", .95, .95, .9),
				scoredPair(t, "A:0-5", "A:0-5 B:6-11 B:12-17", 1, .2, 0),
			},
			10,
			Calibration{5, .2, .171, []Bin{{.2, .3, 1, .2, 0}, {.9, 1, 4, .95, .75}}, Chance{}},
		},
		{
			"the same in two bins: .2 is wrong, of the others three are right",
			[]Pair{
				scoredPair(t, "A:0-5 A:6-11", "A:0-5 A:6-11 A:12-17", .95, .95, .9),
				scoredPair(t, "A:0-5", "A:0-5 B:6-11 B:12-17", 1, .2, 0),
			},
			2,
			Calibration{5, .2, .171, []Bin{{0, .5, 1, .2, 0}, {.5, 1, 4, .95, .75}}, Chance{}},
		},
		{
			// In one bin over- and underconfidence cancel out: scores .9 (wrong) and .1 (right).
			"one bin hides what two show",
			[]Pair{scoredPair(t, "A:0-5", "A:0-5 A:6-11", .1, .9)},
			1,
			Calibration{2, 0, .81, []Bin{{0, 1, 2, .5, .5}}, Chance{}},
		},
		{
			"two bins",
			[]Pair{scoredPair(t, "A:0-5", "A:0-5 A:6-11", .1, .9)},
			2,
			Calibration{2, .9, .81, []Bin{{0, .5, 1, .1, 1}, {.5, 1, 1, .9, 0}}, Chance{}},
		},
		{
			"right means strict: a label, a border",
			[]Pair{scoredPair(t, "A:0-5 A:6-17", "B:0-5 A:6-11", .5, .5)},
			0,
			Calibration{2, .5, .25, []Bin{{.5, .6, 2, .5, 0}}, Chance{}},
		},
		{
			"equal predictions count once",
			[]Pair{scoredPair(t, "A:0-5", "A:0-5 A:0-5", .8, .8)},
			10,
			Calibration{1, .2, .04, []Bin{{.8, .9, 1, .8, 1}}, Chance{}},
		},
		{
			"a score above 1 counts as 1",
			[]Pair{scoredPair(t, "A:0-5", "A:0-5", 95)},
			10,
			Calibration{1, 0, 0, []Bin{{.9, 1, 1, 1, 1}}, Chance{}},
		},
		{
			"another text",
			[]Pair{{Gold: pairOf(t, "A:0-5", "").Gold, Pred: scoredPair(t, "", "A:0-5", .5).Pred, TextDiffers: true}},
			10,
			Calibration{1, .5, .25, []Bin{{.5, .6, 1, .5, 0}}, Chance{}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := calibrate(c.pairs, c.bins)
			if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Calibration{}, "Chance")); diff != "" {
				t.Errorf("calibration (-want +got):\n%s", diff)
			}
			if b, err := json.Marshal(got); err != nil || strings.Contains(string(b), "null") {
				t.Errorf("JSON %s, error %v", b, err)
			}
		})
	}
}

// TestChance: what scores without fault come to by chance falls with the root of their number, is nothing for sure ones, and is
// what drawing each prediction gives.
func TestChance(t *testing.T) {
	few, many := chance([]Bin{{Count: 100, Score: .5}}, 100), chance([]Bin{{Count: 10000, Score: .5}}, 10000)
	// Of 100 draws at .5 the mean distance from 50 is 3.98, and 95 of 100 lie within 10 (exact binomial).
	if math.Abs(few.Mean-.0398) > .002 || few.High < .09 || few.High > .11 {
		t.Errorf("100 predictions at .5: %+v", few)
	}
	if r := few.Mean / many.Mean; r < 9 || r > 11 {
		t.Errorf("a hundred times as many have an error of a %g. part", r)
	}
	for _, b := range [][]Bin{nil, {{Count: 50, Score: 1}}} {
		if c := chance(b, 50*float64(len(b))); c != (Chance{}) {
			t.Errorf("%v: %+v", b, c)
		}
	}
}

// A border belongs to the upper bin, however the product of score and bins is rounded.
func TestBinBorders(t *testing.T) {
	for bins := 1; bins <= 100; bins++ {
		for i := range bins {
			low := float64(i) / float64(bins)
			if got := bin(low, bins); got != i {
				t.Errorf("%v in %d bins: %d, want %d", low, bins, got, i)
			}
			if got := bin(math.Nextafter(low, 0), bins); i > 0 && got != i-1 {
				t.Errorf("just below %v in %d bins: %d, want %d", low, bins, got, i-1)
			}
		}
		if got := bin(1, bins); got != bins-1 {
			t.Errorf("1 in %d bins: %d", bins, got)
		}
	}
}
