package dense

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// adversarial makes vectors of forms that are hard on a scale for the whole row.
func adversarial(r *rand.Rand, dimensions int) map[string][]float32 {
	forms := map[string][]float32{"normal": random(r, dimensions)}
	fill := func(name string, value func(i int) float64) {
		vector := make([]float32, dimensions)
		for i := range vector {
			vector[i] = float32(value(i))
		}
		forms[name] = vector
	}
	fill("constant", func(int) float64 { return -3 })
	fill("denormal", func(int) float64 { return float64(r.IntN(7)-3) * math.SmallestNonzeroFloat32 })
	fill("one huge", func(i int) float64 {
		if i == dimensions/2 {
			return 1e30
		}
		return r.NormFloat64()
	})
	fill("one large", func(i int) float64 {
		if i == 0 {
			return 1
		}
		return .0039 // just under half a step of the large one
	})
	fill("half steps", func(i int) float64 {
		if i == 0 {
			return 127
		}
		return float64(r.IntN(254)-127) + .5
	})
	fill("powers", func(i int) float64 { return math.Pow(-1.5, float64(i%60)) })
	fill("largest", func(i int) float64 { return math.MaxFloat32 * float64(1-i%2*2) })
	fill("sparse", func(i int) float64 { return float64(r.IntN(20) / 19) })
	return forms
}

// TestTheBoundHolds: approximate is never further from the score than bound, and the filter in single precision
// never drops a row whose score reaches the floor.
func TestTheBoundHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for _, dimensions := range []int{1, 3, 31, 64, 256, 768, 1024, 4096} {
		forms := adversarial(r, dimensions)
		for rowForm, row := range forms {
			for queryForm, query := range forms {
				name := fmt.Sprintf("%d dimensions, row %s, query %s", dimensions, rowForm, queryForm)
				checkBound(t, name, row, query)
				noisy := make([]float32, dimensions) // near the row: all errors may point one way
				for i := range noisy {
					noisy[i] = row[i] - query[i]/4
				}
				checkBound(t, name+" subtracted", row, noisy)
			}
		}
	}
}

func checkBound(t *testing.T, name string, row, query []float32) {
	t.Helper()
	x, err := Normalize(row)
	if err != nil {
		return // an infinite difference
	}
	u, err := Normalize(query)
	if err != nil || isZero(x) || isZero(u) {
		return
	}
	codes := make([]int8, strideOf(len(x)))
	scale, residual := quantizeRow(x, codes)
	q := quantizeQuery(u, len(codes))
	dots := make([]int32, 1)
	fastest.dots(codes, q.values, dots)
	score, approximate, bound := Dot(u, x), q.approximate(dots[0], scale), q.bound(residual)
	if difference := math.Abs(score - approximate); !(difference <= bound) {
		t.Errorf("%s: the score %v is %v from %v, more than %v", name, score, difference, approximate, bound)
	}
	if missed := missedLength(x, codes, scale); missed.Cmp(big.NewFloat(float64(residual))) > 0 {
		t.Errorf("%s: the codes miss %v, the residual is %v", name, missed, residual)
	}
	s := newSelection(&q, newShared(1, nil))
	s.floor = score
	if s.offer(0, dots, []float32{scale}, []float32{residual}); len(s.candidates) != 1 {
		t.Errorf("%s: a row whose score is the floor was dropped", name)
	}
}

// missedLength is the length of x minus codes*scale, as good as exact.
func missedLength(x []float32, codes []int8, scale float32) *big.Float {
	const precision = 400
	sum := new(big.Float).SetPrec(precision)
	for i, value := range x {
		d := new(big.Float).SetPrec(precision).SetFloat64(float64(scale) * float64(codes[i])) // exact
		d.Sub(new(big.Float).SetPrec(precision).SetFloat64(float64(value)), d)
		sum.Add(sum, d.Mul(d, d))
	}
	return sum.Sqrt(sum)
}
