package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// judgedBy makes opinions of a tagger that is right as often as it says, and of a model whose number is the truth with
// so much noise; 0: the number is noise alone.
func judgedBy(n int, weight float64) []Judged {
	rng := rand.New(rand.NewPCG(3, 4))
	var list []Judged
	for i := range n {
		p := 0.05 + 0.9*rng.Float64()
		right := rng.Float64() < p
		x := rng.NormFloat64()
		if right {
			x += weight
		} else {
			x -= weight
		}
		list = append(list, Judged{Opinion{p, []float64{x}}, i / 2, right})
	}
	return list
}

// TestStack: a model that tells right from wrong is believed as far as it does, one that does not is not, and the first
// helps on sentences that the weights were not fitted to.
func TestStack(t *testing.T) {
	for _, c := range []struct{ weight, want float64 }{{1, 2}, {0.5, 1}, {0, 0}} { // log-odds of two normal densities
		list := judgedBy(3000, c.weight)
		s := FitStack(list, 1)
		if math.Abs(s[0]) > 0.2 || math.Abs(s[1]-1) > 0.15 || math.Abs(s[2]-c.want) > 0.2 {
			t.Errorf("noise %g: weights %.2f, want 0, 1, %g", c.weight, s, c.want)
		}
		with, alone := Worth(list, 1)
		if helps := with < alone-0.01; helps != (c.weight > 0) {
			t.Errorf("noise %g: loss %.4f with the model, %.4f without", c.weight, with, alone)
		}
	}
}

// TestStackAlone: of nothing, nothing is learned, and the tagger's probability stands.
func TestStackAlone(t *testing.T) {
	s := FitStack(nil, 2)
	if !s.Ignores() || s.Validate(2) != nil || s.Validate(1) == nil {
		t.Errorf("%v", s)
	}
	for _, p := range []float64{0.001, 0.3, 0.999} {
		if got := s.Of(Opinion{p, []float64{1, 0}}); math.Abs(got-p) > 1e-9 {
			t.Errorf("%g becomes %g", p, got)
		}
	}
	if with, alone := Worth(nil, 2); with != 0 || alone != 0 {
		t.Errorf("of nothing: %g, %g", with, alone)
	}
	bad := Stack{0, math.NaN(), 0}
	if bad.Validate(1) == nil {
		t.Error("a weight that is no number is valid")
	}
}
