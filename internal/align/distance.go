package align

// distance computes optimal string alignment distances: insertions, deletions, substitutions and transpositions of
// neighbours each count one (F. Damerau 1964; the restricted form). It keeps its rows between calls.
type distance struct {
	before, above, row []int
	work               int // cells computed so far
}

// within returns the distance of a and b, or limit+1 when it is larger than limit. Only the diagonal band that can
// stay within limit is computed (E. Ukkonen 1985).
func (d *distance) within(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	d.reset(len(b), limit)
	for i := 1; i <= len(a); i++ {
		if d.next(a, b, i, limit) > limit {
			return limit + 1
		}
		d.before, d.above, d.row = d.above, d.row, d.before
	}
	return min(d.above[len(b)], limit+1)
}

func (d *distance) reset(n, limit int) {
	if len(d.row) <= n {
		d.before, d.above, d.row = make([]int, n+1), make([]int, n+1), make([]int, n+1)
	}
	for j := 0; j <= n; j++ {
		d.above[j], d.before[j], d.row[j] = min(j, limit+1), limit+1, limit+1
	}
}

// next fills row i and returns its smallest value.
func (d *distance) next(a, b []rune, i, limit int) int {
	low, high := max(1, i-limit), min(len(b), i+limit)
	smallest := limit + 1
	d.row[low-1] = limit + 1
	if low == 1 {
		d.row[0] = min(i, limit+1)
		smallest = d.row[0]
	}
	for j := low; j <= high; j++ {
		cost := 1
		if a[i-1] == b[j-1] {
			cost = 0
		}
		v := min(d.above[j-1]+cost, d.row[j-1]+1, d.above[j]+1)
		if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
			v = min(v, d.before[j-2]+1)
		}
		d.row[j] = v
		smallest = min(smallest, v)
	}
	if high < len(b) {
		d.row[high+1] = limit + 1
	}
	d.work += high - low + 1
	return smallest
}

// similarity is 1 - distance/length of the longer one, between 0 and 1.
func (d *distance) similarity(a, b []rune) float64 {
	longer := max(len(a), len(b))
	if longer == 0 {
		return 0
	}
	return 1 - float64(d.within(a, b, longer))/float64(longer)
}
