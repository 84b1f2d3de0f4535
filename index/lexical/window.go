package lexical

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/ragner/ragner/index/rank"
)

// window is how many rows are scored at a time: their scores stay in the processor's first cache.
const window = 2048

// slack is more than all rounding of a score together, as a share of it: a bound must not miss a tie.
const slack = 1e-9

// scratch is what one query needs; scores are all zero between queries.
type scratch struct {
	scores     [window]float64
	candidates []uint16
	terms      []queryTerm
}

// share is a term's part in the scores of a query.
type share[C code] struct {
	postings[C]
	weight float64 // repetitions times idf
	next   int     // of a sparse list: the first posting that no window has had
	rest   float64 // of a dense list: at most what it and the lists after it add to a row
}

// searcher scores the rows a window at a time. In each the sparse lists are added up. The dense lists follow, from the
// rarest to the most frequent: added up like the others while a row that holds only them and those after could be
// among the best, and from then on looked up for the rows that still can be. This is MaxScore (Turtle and Flood,
// 1995), a term at a time within a window. What is left out is only what cannot be among the best, and a row's
// shares are added in one order, so scores are those of adding up everything, to the last bit.
type searcher[C code] struct {
	*scratch
	rows       int
	saturation []float64
	sparse     []share[C]
	dense      []share[C]
	keep       func(row int) bool
	top        *rank.Top
}

func search[C code](x *Index, s *scratch, saturation []float64, q Query) ([]rank.Hit, error) {
	r := &searcher[C]{scratch: s, rows: x.Len(), saturation: saturation, keep: q.Keep, top: rank.NewTop(min(q.K, x.Len()))}
	for _, term := range s.terms {
		list, err := postingsOf[C](x, term.number)
		if err != nil {
			return nil, err
		}
		one := share[C]{postings: list, weight: float64(term.times) * idf(term.found, r.rows)}
		if list.bits == nil {
			r.sparse = append(r.sparse, one)
		} else {
			r.dense = append(r.dense, one)
		}
	}
	if !r.bound() {
		return nil, errPosting
	}
	for base := 0; base < r.rows; base += window {
		if !r.window(uint32(base)) {
			clear(s.scores[:])
			return nil, errPosting
		}
	}
	for _, one := range r.sparse {
		if one.next != len(one.rows) {
			return nil, errPosting
		}
	}
	return r.top.Ranked(), nil
}

var errPosting = fmt.Errorf("%w: impossible posting", ErrDamaged)

// bound computes what the dense lists can add.
func (r *searcher[C]) bound() bool {
	rest := 0.0
	for i := len(r.dense) - 1; i >= 0; i-- {
		greatest := 0.0
		for _, c := range r.dense[i].frontier {
			if int(c) >= len(r.saturation) {
				return false
			}
			greatest = max(greatest, r.saturation[c])
		}
		rest += r.dense[i].weight * greatest
		r.dense[i].rest = rest * (1 + slack)
	}
	return true
}

// needed is the score that a row must have to be among the best: any above zero while there are too few.
func (r *searcher[C]) needed() float64 {
	if !r.top.Full() {
		return math.SmallestNonzeroFloat64
	}
	return r.top.Worst().Score * (1 - slack)
}

func (r *searcher[C]) window(base uint32) bool {
	touched := false
	for i := range r.sparse {
		one := &r.sparse[i]
		if one.next < len(one.rows) && one.rows[one.next]-base < window {
			n := addSparse(&r.scores, one.rows[one.next:], one.codes[one.next:], base, one.weight, r.saturation)
			if n < 0 {
				return false
			}
			one.next += n
			touched = true
		}
	}
	needed, i := r.needed(), 0
	for ; i < len(r.dense) && r.dense[i].rest >= needed; i++ {
		if !r.addDense(&r.dense[i], int(base)) {
			return false
		}
		touched = true
	}
	if !touched {
		return true
	}
	size := min(window, r.rows-int(base))
	r.candidates = above(r.candidates[:0], r.scores[:size], needed-r.restFrom(i))
	for ; i < len(r.dense) && len(r.candidates) > 0; i++ {
		if !r.lookup(&r.dense[i], base, needed-r.restFrom(i+1)) {
			return false
		}
	}
	r.offer(int(base))
	clear(r.scores[:])
	return true
}

func (r *searcher[C]) restFrom(i int) float64 {
	if i < len(r.dense) {
		return r.dense[i].rest
	}
	return 0
}

// addSparse adds a list's share to the rows of the window at base, and returns how many postings that were.
func addSparse[C code](scores *[window]float64, rows []uint32, codes []C, base uint32, weight float64, saturation []float64) int {
	codes = codes[:len(rows)]
	for i, row := range rows {
		local, c := row-base, int(codes[i])
		if local >= window {
			return i
		}
		if c >= len(saturation) {
			return -1
		}
		scores[local] += float64(weight * saturation[c])
	}
	return len(rows)
}

// addDense adds a list's share to the rows of the window at base.
func (r *searcher[C]) addDense(one *share[C], base int) bool {
	first, end := base/wordBits, min((base+window)/wordBits, len(one.bits))
	for i, word := range one.bits[first:end] {
		at := int(one.ranks[first+i])
		codes := one.codes[min(at, len(one.codes)):]
		if bits.OnesCount64(word) > len(codes) {
			return false
		}
		scores := (*[wordBits]float64)(r.scores[i*wordBits:])
		for n := 0; word != 0; n++ {
			c := int(codes[n])
			if c >= len(r.saturation) {
				return false
			}
			scores[bits.TrailingZeros64(word)] += float64(one.weight * r.saturation[c])
			word &= word - 1
		}
	}
	return true
}

// above appends the places of the scores of at least cut, and above zero.
func above(places []uint16, scores []float64, cut float64) []uint16 {
	cut = max(cut, math.SmallestNonzeroFloat64)
	for i, score := range scores {
		if score >= cut {
			places = append(places, uint16(i))
		}
	}
	return places
}

// lookup adds a dense list's share to the candidates, and drops those that do not reach cut with it.
func (r *searcher[C]) lookup(one *share[C], base uint32, cut float64) bool {
	kept := 0
	for _, local := range r.candidates {
		row := base + uint32(local)
		word, bit := one.bits[row/wordBits], row%wordBits
		score := r.scores[local%window]
		if word>>bit&1 != 0 {
			at := int(one.ranks[row/wordBits]) + bits.OnesCount64(word&(1<<bit-1))
			if at >= len(one.codes) || int(one.codes[at]) >= len(r.saturation) {
				return false
			}
			score += float64(one.weight * r.saturation[one.codes[at]])
			r.scores[local%window] = score
		}
		r.candidates[kept] = local
		if score >= cut {
			kept++
		}
	}
	r.candidates = r.candidates[:kept]
	return true
}

// offer hands the candidates to the list of the best, in the order of the rows.
func (r *searcher[C]) offer(base int) {
	for _, local := range r.candidates {
		hit := rank.Hit{Row: base + int(local), Score: r.scores[local%window]}
		if r.top.Wants(hit) && (r.keep == nil || r.keep(hit.Row)) {
			r.top.Add(hit)
		}
	}
}
