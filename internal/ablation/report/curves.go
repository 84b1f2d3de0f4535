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

// mostCurves is how many lines one chart shows: those that end highest.
const mostCurves = 10

// curves are lines with intervals and, at their right ends, their names.
type curves struct {
	lines    []line
	names    []string
	diagonal bool // where x and y are the same
}

const (
	curvesHeight = vg.Length(400)
	curvesRight  = vg.Length(300) // the widest name with its key
	keyLine      = vg.Length(19)  // height
)

// curveChart draws a figure over a quantity.
func curveChart(all []line, x quantity, y figure) picture {
	p := newPlot(x.Name, y.Name)
	var xs []float64
	for _, l := range all {
		for _, at := range l.Points {
			xs = append(xs, at.X)
		}
	}
	valueAxis(&p.X, xs, x.key == poolKey)
	shareAxis(&p.Y, yValues(all), false)
	alt := fmt.Sprintf("Line chart: %s over %s, %s; the table of rows has the same figures.", y.Name, x.Name, plural(len(all), "line"))
	return newCurves(p, all, false).picture(p, alt)
}

// reliabilityChart draws how often predictions are right over their score.
func reliabilityChart(all []line) picture {
	p := newPlot("mean score of the predictions", "share of them that are right")
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, 1, plot.TickerFunc(shareTicks)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, 1, plot.TickerFunc(shareTicks)
	return newCurves(p, all, true).picture(p, "Reliability curves: share of predictions that are right over their mean score; the table below the chart has the figures.")
}

func yValues(all []line) (values []ablation.Share) {
	for _, l := range all {
		for _, at := range l.Points {
			values = append(values, at.Y)
		}
	}
	return values
}

func newCurves(p *plot.Plot, all []line, diagonal bool) curves {
	c := curves{lines: highest(all), diagonal: diagonal}
	for _, l := range c.lines {
		c.names = append(c.names, fit(l.Name, curvesRight-keyWidth-16))
	}
	p.Add(grid(true, true), c)
	return c
}

// highest keeps the lines that end highest, in their order.
func highest(all []line) []line {
	if len(all) <= mostCurves {
		return all
	}
	end := func(l line) float64 { return l.Points[len(l.Points)-1].Y.Value }
	ends := make([]float64, len(all))
	for i, l := range all {
		ends[i] = end(l)
	}
	slices.Sort(ends)
	bar := ends[len(ends)-mostCurves]
	var out []line
	for _, l := range all {
		if end(l) >= bar && len(out) < mostCurves {
			out = append(out, l)
		}
	}
	return out
}

func (s curves) picture(p *plot.Plot, alt string) picture {
	right := vg.Length(16)
	if most := widest(s.names); most > 0 {
		right += most + keyWidth + 8
	}
	return picture{Plot: p, Height: curvesHeight, Right: right, Alt: alt}
}

// Plot draws the lines, each set off a little from the others so that intervals do not hide each other.
func (s curves) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	if s.diagonal {
		c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1, Dashes: []vg.Length{4, 4}}, tx(0), ty(0), tx(1), ty(1))
	}
	for i, l := range s.lines {
		off := vg.Length(0)
		if !s.diagonal {
			off = 5 * (vg.Length(i) - vg.Length(len(s.lines)-1)/2)
		}
		path := make([]vg.Point, len(l.Points))
		for j, at := range l.Points {
			path[j] = vg.Point{X: tx(at.X) + off, Y: ty(at.Y.Value)}
		}
		style := lookOf(i)
		c.StrokeLines(style.line(2), path)
		for j, at := range l.Points {
			if hasInterval(at.Y) {
				whiskers(&c, draw.LineStyle{Color: style.Color, Width: whisker}, vg.Point{X: path[j].X, Y: ty(at.Y.Low)}, vg.Point{X: path[j].X, Y: ty(at.Y.High)})
			}
			dot(&c, style, 5, path[j])
		}
	}
	s.keys(c, ty)
}

// keys writes the names beside the ends of their lines, as near as they find room.
func (s curves) keys(c draw.Canvas, ty func(float64) vg.Length) {
	if widest(s.names) == 0 {
		return // one line without a name
	}
	order := make([]int, len(s.lines))
	for i := range order {
		order[i] = i
	}
	end := func(i int) vg.Length { return ty(s.lines[i].Points[len(s.lines[i].Points)-1].Y.Value) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(end(a), end(b)) })
	places := make([]vg.Length, len(order))
	for at, i := range order {
		places[at] = end(i)
	}
	for at, y := range apart(places, keyLine, c.Max.Y) {
		drawKey(&c, lookOf(order[at]), c.Max.X+16, y, s.names[order[at]])
	}
}
