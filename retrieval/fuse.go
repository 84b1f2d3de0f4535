package retrieval

import (
	"cmp"
	"slices"
)

// ranked is one channel's hits, best first.
type ranked struct {
	source string
	weight float64
	rows   []int
	scores []float64
}

// fused is a row with its joint score and what each channel gave.
type fused struct {
	row   int
	score float64
	from  []Contribution
}

// given is what one channel gives one row.
type given struct {
	row, channel int
	share        float64 // of the joint score
	from         Contribution
}

// fuse joins channels into one list in a total order: score, then row. A row that a channel does not list gets
// nothing from it.
func fuse(method string, channels []ranked) []fused {
	n := 0
	for _, c := range channels {
		n += len(c.rows)
	}
	all := make([]given, 0, n)
	for i, c := range channels {
		part := shares(method, c)
		for j, row := range c.rows {
			all = append(all, given{row, i, float64(c.weight * part[j]), Contribution{c.source, j + 1, c.scores[j]}})
		}
	}
	slices.SortFunc(all, func(a, b given) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.channel, b.channel))
	})
	list, from := make([]fused, 0, n), make([]Contribution, 0, n)
	for i, g := range all {
		if i == 0 || all[i-1].row != g.row {
			list = append(list, fused{row: g.row})
		}
		f := &list[len(list)-1]
		from = append(from, g.from)
		f.score += g.share
		f.from = from[len(from)-len(f.from)-1 : len(from) : len(from)]
	}
	slices.SortFunc(list, compareFused)
	return list
}

// shares maps a channel's scores to comparable values. "rrf" is reciprocal rank fusion with k = 60 (Cormack,
// Clarke and Büttcher 2009), scaled so that the first rank gives 1; "minmax" is linear between the channel's worst
// and best listed score, a list of equal scores counting as all best.
func shares(method string, c ranked) []float64 {
	out := make([]float64, len(c.rows))
	for i := range c.rows {
		if method == "rrf" {
			out[i] = 61 / float64(61+i)
			continue
		}
		low, high := c.scores[len(c.scores)-1], c.scores[0]
		out[i] = 1
		if high > low {
			out[i] = (c.scores[i] - low) / (high - low)
		}
	}
	return out
}

// compareFused is a total order, best first.
func compareFused(a, b fused) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.row, b.row))
}
