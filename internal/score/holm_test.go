package score

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The wanted values are those of R's p.adjust(p, "holm").
func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{nil, nil},
		{[]float64{.04}, []float64{.04}},
		{[]float64{.01, .02, .03, .04, .05}, []float64{.05, .08, .09, .09, .09}},
		{[]float64{.05, .01, .04, .02, .03}, []float64{.09, .05, .09, .08, .09}},
		{[]float64{.01, .01, .01}, []float64{.03, .03, .03}},
		{[]float64{.5, .6, 1}, []float64{1, 1, 1}},
		{[]float64{.001, .2, .0005, 0}, []float64{.002, .2, .0015, 0}},
	} {
		before := slices.Clone(c.p)
		if diff := cmp.Diff(c.want, Holm(c.p), cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.p, diff)
		}
		if !slices.Equal(before, c.p) {
			t.Errorf("%v became %v", before, c.p)
		}
	}
}

func TestHolmRefuses(t *testing.T) {
	for _, p := range []float64{math.NaN(), -.01, 1.01, math.Inf(1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v accepted", p)
				}
			}()
			Holm([]float64{.5, p})
		}()
	}
}
