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
	parts := gather(method, channels)
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.row, b.row) }) // channels stay in their order
	list := make([]fused, 0, len(parts))
	all := make([]Contribution, 0, len(parts))
	for i, p := range parts {
		all = append(all, p.Contribution)
		if i == 0 || parts[i-1].row != p.row {
			list = append(list, fused{row: p.row, from: all[i:i]})
		}
		f := &list[len(list)-1]
		f.score += p.share
		f.from = all[i-len(f.from) : i+1 : i+1]
	}
	slices.SortFunc(list, compareFused)
	return list
}

// part is what one channel gives to a row.
type part struct {
	Contribution
	row   int
	share float64
}

func gather(method string, channels []ranked) []part {
	n := 0
	for _, c := range channels {
		n += len(c.rows)
	}
	parts := make([]part, 0, n)
	for _, c := range channels {
		shares := shares(method, c)
		for i, row := range c.rows {
			parts = append(parts, part{Contribution{c.source, i + 1, c.scores[i]}, row, c.weight * shares[i]})
		}
	}
	return parts
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
