package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDecide compares the choice with the best of all subsets.
func TestDecide(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var all []Mention
		for range rng.IntN(8) {
			first := rng.IntN(6)
			all = append(all, Mention{first, first + rng.IntN(3), string(rune('a' + rng.IntN(2))), rng.Float64()})
		}
		const threshold = 0.3
		got := Decide(all, threshold)
		for i, m := range got {
			if m.Score < threshold || i > 0 && got[i-1].Last >= m.First {
				t.Fatalf("%+v of %+v", got, all)
			}
		}
		if sum, want := above(got, threshold), bestAbove(all, nil, threshold); math.Abs(sum-want) > 1e-12 {
			t.Errorf("chose %g of %+v, %g can be had", sum, all, want)
		}
	}
}

func above(list []Mention, threshold float64) float64 {
	sum := 0.0
	for _, m := range list {
		sum += m.Score - threshold
	}
	return sum
}

// bestAbove tries every subset that does not overlap.
func bestAbove(left, taken []Mention, threshold float64) float64 {
	if len(left) == 0 {
		return above(taken, threshold)
	}
	m, rest := left[0], left[1:]
	best := bestAbove(rest, taken, threshold)
	overlaps := func(o Mention) bool { return o.First <= m.Last && m.First <= o.Last }
	if m.Score >= threshold && !slices.ContainsFunc(taken, overlaps) {
		best = max(best, bestAbove(rest, append(slices.Clone(taken), m), threshold))
	}
	return best
}

// TestCalibrate finds the line that made the judgements again, and changes nothing where there is nothing to go by.
func TestCalibrate(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	truth := calibration{Low: 0.9, High: 0.5, Shift: 0.3}
	var list []judged
	for range 20000 {
		p := rng.Float64()
		list = append(list, judged{p, rng.Float64() < truth.of(p)})
	}
	c := calibrate(list)
	for p := 0.05; p < 1; p += 0.05 {
		if math.Abs(c.of(p)-truth.of(p)) > 0.02 {
			t.Errorf("%+v makes %g of %g, %+v %g", c, c.of(p), p, truth, truth.of(p))
		}
	}
	if c := calibrate(list[:fewJudged-1]); c != identity {
		t.Errorf("from little: %+v", c)
	}
	if p := identity.of(0.3); math.Abs(p-0.3) > 1e-9 {
		t.Errorf("the identity makes %g of 0.3", p)
	}
	wrong := make([]judged, 200) // always sure, always wrong
	for i := range wrong {
		wrong[i].p = 1
	}
	if c := calibrate(wrong); c.Low < leastSlope || c.High < leastSlope {
		t.Errorf("%+v turns the order around", c)
	}
	if p := calibrate(wrong).of(1); !finite(p) || p > 0.5 {
		t.Errorf("always wrong: %g", p)
	}
}
