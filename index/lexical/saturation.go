package lexical

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// Parameters are those of BM25: K1 bounds the weight of repetition, B is the influence of a row's length.
type Parameters struct {
	K1 float64 // from 0 to 1e6
	B  float64 // from 0 to 1
}

// Default is what Lucene takes.
var Default = Parameters{K1: 1.2, B: 0.75}

const maxK1 = 1e6 // a score above it could underflow to 0

// Validate reports a value out of range.
func (p Parameters) Validate() error {
	if !(p.K1 >= 0 && p.K1 <= maxK1) {
		return fmt.Errorf("BM25: k1 is %v, it must be from 0 to %g", p.K1, maxK1)
	}
	if !(p.B >= 0 && p.B <= 1) {
		return fmt.Errorf("BM25: b is %v, it must be from 0 to 1", p.B)
	}
	return nil
}

// saturation is tf/(tf + k1*(1-b+b*length/average)). The conversions forbid fused multiply-adds, so that every machine
// rounds alike.
func (p Parameters) saturation(of pair, average float64) float64 {
	norm := float64(p.K1 * (1 - p.B + float64(p.B*float64(of.length)/average)))
	return float64(of.tf) / (float64(of.tf) + norm)
}

// tables keeps the saturations of all pairs for the parameters in use.
type tables struct {
	last  atomic.Pointer[table]
	mutex sync.Mutex
	kept  map[Parameters]*table
}

const maxTables = 64 // then all are dropped: a search over many parameters uses each for many queries

type table struct {
	parameters Parameters
	saturation []float64 // by code
}

func (x *Index) table(p Parameters) (*table, error) {
	if t := x.tables.last.Load(); t != nil && t.parameters == p {
		return t, nil
	}
	x.tables.mutex.Lock()
	defer x.tables.mutex.Unlock()
	t := x.tables.kept[p]
	if t == nil {
		var err error
		if t, err = x.newTable(p); err != nil {
			return nil, err
		}
		if len(x.tables.kept) >= maxTables || x.tables.kept == nil {
			x.tables.kept = map[Parameters]*table{}
		}
		x.tables.kept[p] = t
	}
	x.tables.last.Store(t)
	return t, nil
}

func (x *Index) newTable(p Parameters) (*table, error) {
	if err := x.check(x.at.pairs, x.at.lengths); err != nil {
		return nil, err
	}
	t := &table{parameters: p, saturation: make([]float64, 0, x.header.pairs)}
	for _, one := range x.pairs() {
		if one.tf == 0 || one.tf > one.length {
			return nil, fmt.Errorf("%w: an impossible pair", ErrDamaged)
		}
		t.saturation = append(t.saturation, p.saturation(one, x.average))
	}
	return t, nil
}

// idf is Lucene's inverse document frequency of a term that found of all rows hold:
// ln(1 + (N-df+0.5)/(df+0.5)).
func idf(found, rows int) float64 {
	df := float64(found)
	return ln(1 + (float64(rows)-df+0.5)/(df+0.5))
}

// ln is the natural logarithm of a positive finite number, within one unit in the last place or two. math.Log differs
// in its last bit between machines: it is assembly on some and may be fused on others.
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	// ln m = 2 artanh s = 2s (1 + s²/3 + s⁴/5 + …), s = (m-1)/(m+1), |s| < 0.172; the rest is less than 2^-60.
	s := (m - 1) / (m + 1)
	square := float64(s * s)
	sum := 0.0
	for n := 23; n > 1; n -= 2 {
		sum = float64(square * (sum + 1/float64(n)))
	}
	// The upper part of ln 2 has zeros at its end, so that its product with an exponent is exact.
	const high, low = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	return float64(float64(e)*high) + (2*s + (float64(2*s*sum) + float64(float64(e)*low)))
}
