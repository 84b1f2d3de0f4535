package dense

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ragner/ragner/index/rank"
)

// selection gathers, on one goroutine, the rows that may be among the k best: those whose upper bound reaches the
// k-th best lower bound.
type selection struct {
	query      *codedQuery
	shared     *shared
	lowest     *rank.Top  // the k greatest lower bounds met
	floor      float64    // no row with a lesser upper bound is among the k best
	candidates []rank.Hit // with their upper bounds as scores
	compactAt  int        // the number of candidates at which those that the floor has passed are dropped
	survivors  []int32    // scratch
}

// shared is what the selections of one query have in common.
type shared struct {
	k     int
	keep  func(row int) bool // nil: all
	lock  sync.Mutex         // keep is not asked by two goroutines at once
	floor atomic.Uint64      // the bits of the greatest floor
}

const firstCompaction = 4096

func newShared(k int, keep func(row int) bool) *shared {
	s := &shared{k: k, keep: keep}
	s.floor.Store(math.Float64bits(math.Inf(-1)))
	return s
}

func (s *shared) raise(floor float64) {
	for {
		old := s.floor.Load()
		if math.Float64frombits(old) >= floor || s.floor.CompareAndSwap(old, math.Float64bits(floor)) {
			return
		}
	}
}

func newSelection(q *codedQuery, s *shared) *selection {
	return &selection{query: q, shared: s, lowest: rank.NewTop(s.k), floor: math.Inf(-1), compactAt: firstCompaction}
}

// offer considers the rows from first on, whose dot products, scales and residuals are given. All of them are
// compared in single precision, for which the query's slack allows; the few that pass in double precision.
func (s *selection) offer(first int, dots []int32, scales, residuals []float32) {
	s.floor = max(s.floor, math.Float64frombits(s.shared.floor.Load()))
	q := s.query
	limit, spread := float32((s.floor-q.slack)/q.scale), float32(q.spread/q.scale)
	s.survivors = s.survivors[:0]
	scales, residuals = scales[:len(dots)], residuals[:len(dots)]
	for i, dot := range dots {
		if float32(dot)*scales[i]+spread*residuals[i] >= limit {
			s.survivors = append(s.survivors, int32(i))
		}
	}
	if len(s.survivors) > 0 {
		s.admit(first, dots, scales, residuals)
	}
}

func (s *selection) admit(first int, dots []int32, scales, residuals []float32) {
	if s.shared.keep != nil {
		s.shared.lock.Lock()
		defer s.shared.lock.Unlock()
	}
	before := s.floor
	for _, i := range s.survivors {
		score, bound := s.query.approximate(dots[i], scales[i]), s.query.bound(residuals[i])
		row := first + int(i)
		if score+bound < s.floor || scales[i] == 0 || s.shared.keep != nil && !s.shared.keep(row) {
			continue
		}
		s.candidates = append(s.candidates, rank.Hit{Row: row, Score: score + bound})
		s.lowest.Add(rank.Hit{Row: row, Score: score - bound})
		if s.lowest.Full() {
			s.floor = max(s.floor, s.lowest.Worst().Score)
		}
	}
	if s.floor > before {
		s.shared.raise(s.floor)
	}
	if len(s.candidates) >= s.compactAt {
		s.compact()
	}
}

func (s *selection) compact() {
	floor := math.Float64frombits(s.shared.floor.Load())
	s.candidates = slices.DeleteFunc(s.candidates, func(h rank.Hit) bool { return h.Score < floor })
	s.compactAt = max(firstCompaction, 2*len(s.candidates))
}

// finish scores the candidates of all selections of one query exactly, those with the greatest upper bounds first,
// until none can be among the best k any more.
func finish(rows *floatFile, selections []*selection) ([]rank.Hit, error) {
	var candidates []rank.Hit
	for _, s := range selections {
		s.compact()
		candidates = append(candidates, s.candidates...)
	}
	slices.SortFunc(candidates, func(a, b rank.Hit) int { return cmp.Compare(b.Score, a.Score) })
	best := rank.NewTop(selections[0].shared.k)
	for _, c := range candidates {
		if best.Full() && c.Score < best.Worst().Score {
			break
		}
		row, err := rows.row(c.Row)
		if err != nil {
			return nil, err
		}
		best.Add(rank.Hit{Row: c.Row, Score: Dot(selections[0].query.unit, row)})
	}
	return best.Ranked(), nil
}
