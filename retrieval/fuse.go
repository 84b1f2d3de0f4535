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

// fuse joins channels into one list in a total order: score, then row. A row that a channel does not list gets
// nothing from it.
func fuse(method string, channels []ranked) []fused {
	joint := map[int]*fused{}
	for _, c := range channels {
		part := shares(method, c)
		for i, row := range c.rows {
			f := joint[row]
			if f == nil {
				f = &fused{row: row}
				joint[row] = f
			}
			f.score += c.weight * part[i]
			f.from = append(f.from, Contribution{c.source, i + 1, c.scores[i]})
		}
	}
	list := make([]fused, 0, len(joint))
	for _, f := range joint {
		list = append(list, *f)
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
