package report

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ragner/ragner/internal/ablation"
)

const (
	mostBarLabels = 20
	barRows       = 4             // besides the reference
	barLine       = vg.Length(9)  // height
	barGap        = vg.Length(11) // between labels
)

// labelCount is a label with how many gold mentions have it.
type labelCount struct {
	Label string
	Gold  int
}

// goldLabels are the labels of gold or predictions, the most frequent first. Every finished row has the same gold.
func goldLabels(rows []row) []labelCount {
	gold := map[string]int{}
	for _, r := range having(rows, strictF1) {
		for label, f := range r.Evaluation.Criteria.Strict.Labels {
			gold[label] = max(gold[label], int(f.TP+f.FN))
		}
	}
	var out []labelCount
	for label, n := range gold {
		out = append(out, labelCount{label, n})
	}
	slices.SortFunc(out, func(a, b labelCount) int {
		return cmp.Or(cmp.Compare(b.Gold, a.Gold), cmp.Compare(a.Label, b.Label))
	})
	return out
}

// bars are a bar a row for each label, with the row's mark at its end.
type bars struct {
	labels []labelCount
	names  []string // of labels
	rows   []row
	keys   []string // names of rows
}

func barChart(rows []row, labels []labelCount) picture {
	b := bars{labels: labels, rows: rows}
	var values []ablation.Share
	for _, l := range labels {
		b.names = append(b.names, fmt.Sprintf("%s  (%s)", fit(l.Label, 170), count(l.Gold)))
		for _, r := range rows {
			f1 := r.Evaluation.Criteria.Strict.Labels[l.Label].F1
			values = append(values, ablation.Share{Value: f1, Low: f1, High: f1})
		}
	}
	for _, r := range rows {
		b.keys = append(b.keys, fit(fmt.Sprintf("%d %s", r.Number, r.Title()), 210))
	}
	p := newPlot("strict F1 of the label", "")
	shareAxis(&p.X, values, true)
	slots(p, len(labels))
	p.Add(grid(true, false), b)
	return picture{
		Plot: p, Left: widest(b.names) + 14, Right: widest(b.keys) + keyWidth + 24,
		Height: 60 + max(vg.Length(len(labels))*b.slot(), vg.Length(len(rows))*keyLine),
		Alt:    fmt.Sprintf("Bar chart: strict F1 of %s for %s; the table of labels has the same figures.", plural(len(labels), "label"), plural(len(rows), "row")),
	}
}

// slot is the height of a label.
func (b bars) slot() vg.Length { return max(barLine*vg.Length(len(b.rows))+barGap, 22) }

// Plot draws the bars and the keys of the rows.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for i, l := range b.labels {
		middle := ty(-float64(i))
		write(&c, textAfter(ink), c.Min.X-widest(b.names)-14, middle, b.names[i])
		for j, r := range b.rows {
			y := middle - barLine*(vg.Length(j)-vg.Length(len(b.rows)-1)/2)
			end := tx(r.Evaluation.Criteria.Strict.Labels[l.Label].F1)
			c.StrokeLine2(draw.LineStyle{Color: lookOf(j).Color, Width: 4}, c.Min.X, y, end, y)
			dot(&c, lookOf(j), 4, vg.Point{X: end, Y: y})
		}
	}
	c.StrokeLine2(thin(faint), c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
	for j, key := range b.keys {
		l := lookOf(j)
		l.Dashes = nil
		drawKey(&c, l, c.Max.X+20, c.Max.Y-keyLine*(vg.Length(j)+.5), key)
	}
}
