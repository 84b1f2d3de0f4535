package dense

import "math"

// Query asks for the K best rows that Keep accepts (nil: all).
type Query struct {
	Vector []float32
	K      int
	Keep   func(row int) bool
}

// codedQuery is a query of length 1 in 16 bits, with what the bounds need.
type codedQuery struct {
	unit   []float32
	values []int16 // padded with zeros to the codes' stride
	scale  float64 // a value of unit is about its int16 times this
	spread float64 // how much of a row's residual counts: at least the length of values * scale
	slack  float64 // the part of the bound that is the same for all rows
}

// quantizeQuery makes the integers with which a scan computes. The scale is such that
//
//   - no value leaves int16: the largest is at most 32767 steps;
//   - no sum leaves int32, in whatever order a kernel adds: the values' absolute sum is at most |unit|₁/scale, which
//     is held to 2^24-2^20, plus half a step each, so less than 2^19; times 128, the largest absolute value of an
//     int8, that is less than 2^31.
//
// The error of a score. Let q be the query, q' = values*scale and x a row, x' = its codes times its scale; R is the
// row's residual, at least |x-x'|, and E at least |q-q'|. By Cauchy and Schwarz
//
//	|<q,x> - <q',x'>| = |<q',x-x'> + <q-q',x>| <= |q'|R + E|x|,
//
// where |x| and |q| are at most longest, |q'| at most longest+E, and neither R nor E can pass longest, since no value
// is rounded away by more than itself. To it comes the rounding of what is compared: of the score, Dot in double
// precision, at most dimensions*2^-53*|q||x|; and of the bounds in single precision (see selection.offer), where no
// term passes 4.1, no sum 6.2, and six roundings of 2^-24 each come to less than 40*2^-24.
func quantizeQuery(unit []float32, stride int) codedQuery {
	var largest, sum float64
	for _, x := range unit {
		largest = max(largest, math.Abs(float64(x)))
		sum += math.Abs(float64(x))
	}
	q := codedQuery{unit: unit, values: make([]int16, stride), scale: max(largest/math.MaxInt16, sum/(1<<24-1<<20))}
	var missed float64
	for i, x := range unit {
		value := math.RoundToEven(float64(x) / q.scale)
		q.values[i] = int16(value)
		d := float64(x) - float64(q.scale*value)
		missed += float64(d * d)
	}
	e := float64(roundUp(math.Sqrt(missed), len(unit))) + float64(len(unit))/(1<<50) // d itself is rounded too
	q.spread = longest + e
	q.slack = e*longest + 64.0/(1<<24) + float64(len(unit))/(1<<50)
	return q
}

// approximate is the score that the integers give, in double precision.
func (q *codedQuery) approximate(dot int32, scale float32) float64 {
	return float64(dot) * (q.scale * float64(scale))
}

// bound is how far approximate may be from the score of a row with this residual.
func (q *codedQuery) bound(residual float32) float64 { return q.spread*float64(residual) + q.slack }
