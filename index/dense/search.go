package dense

import (
	"runtime"
	"sync"

	"github.com/ragner/ragner/index/rank"
	"github.com/viterin/vek/vek32"
)

const (
	smallRows    = 256    // up to here chromem-go answers: with more rows it takes longer than the scan of many times as many
	parallelRows = 50_000 // from here a scan uses several cores
)

// Nearest returns the best k rows by cosine similarity with query that keep accepts (nil: all). Rows and
// queries without any value but zero have no direction and never hit. Candidates come from single precision;
// scores and order are computed anew in double precision, summed in one order, so that they are the same on
// every machine and whoever finds the candidates. A query of other dimensions, or one that is not finite, has
// no hits. keep is asked only about rows that could enter the result, and may be asked twice about one.
func (v *Vectors) Nearest(query []float32, k int, keep func(row int) bool) []rank.Hit {
	if v.rows > 0 && v.rows <= smallRows {
		return v.nearest(query, k, keep, v.small.scores)
	}
	return v.nearest(query, k, keep, scan)
}

// scorer fills scores with every row's approximate similarity to query, a unit vector.
type scorer func(v *Vectors, query, scores []float32)

func (v *Vectors) nearest(query []float32, k int, keep func(row int) bool, approximate scorer) []rank.Hit {
	if len(query) != v.dimensions || k <= 0 || v.rows == 0 {
		return nil
	}
	unit, err := Normalize(query)
	if err != nil || isZero(unit) {
		return nil
	}
	buffer := scoreBuffers.Get().(*[]float32)
	defer scoreBuffers.Put(buffer)
	if cap(*buffer) < v.rows {
		*buffer = make([]float32, v.rows)
	}
	scores := (*buffer)[:v.rows]
	approximate(v, unit, scores)
	return v.rerank(unit, min(k, v.rows), keep, scores)
}

var scoreBuffers = sync.Pool{New: func() any { return new([]float32) }}

// rerank selects by exact score among the rows whose approximate score could reach the k-th best.
func (v *Vectors) rerank(unit []float32, k int, keep func(row int) bool, scores []float32) []rank.Hit {
	usable := func(row int, score float32) bool {
		return (score != 0 || !isZero(v.Row(row))) && (keep == nil || keep(row))
	}
	coarse := rank.NewTop(k)
	floor := float32(-2)
	for row, score := range scores {
		if score > floor && usable(row, score) {
			coarse.Add(rank.Hit{Row: row, Score: float64(score)})
			if coarse.Full() {
				floor = float32(coarse.Worst().Score)
			}
		}
	}
	best := rank.NewTop(k)
	floor -= v.slack()
	for row, score := range scores {
		if score >= floor && usable(row, score) {
			best.Add(rank.Hit{Row: row, Score: Dot(unit, v.Row(row))})
		}
	}
	return best.Ranked()
}

// slack is twice the largest error of a single-precision dot product of two unit vectors, in any order of
// summation: n*u*|x|*|y| with u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1),
// and some more for lengths that are not exactly 1.
func (v *Vectors) slack() float32 { return 2 * float32(v.dimensions+16) / (1 << 24) }

// Dot is the dot product in double precision, first value to last: each product is exact, so that a fused
// multiply-add gives the same bits.
func Dot(a, b []float32) float64 {
	var sum float64
	b = b[:len(a)]
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return sum
}

// scan computes all dot products, on several cores when there are many rows.
func scan(v *Vectors, query, scores []float32) {
	if v.rows <= parallelRows {
		scanRange(v, query, scores, 0, v.rows)
		return
	}
	workers := min(runtime.GOMAXPROCS(0), 4) // memory bandwidth bounds it
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() { scanRange(v, query, scores, i*v.rows/workers, (i+1)*v.rows/workers) })
	}
	group.Wait()
}

func scanRange(v *Vectors, query, scores []float32, from, to int) {
	for row := from; row < to; row++ {
		scores[row] = vek32.Dot(query, v.Row(row))
	}
}

func isZero(vector []float32) bool {
	for _, v := range vector {
		if v != 0 {
			return false
		}
	}
	return true
}
