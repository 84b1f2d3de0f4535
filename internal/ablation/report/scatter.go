package report

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ragner/ragner/internal/ablation"
)

// mostLabel is the width of the longest name that a point has; cut names would not tell it from its neighbours.
const mostLabel = vg.Length(240)

// scatter shows quality against cost: the frontier as filled circles with a line, the rest as rings.
type scatter struct{ offers []offer }

func scatterChart(all []offer, cost string, quality figure) picture {
	p := newPlot(cost, quality.Name)
	var values []ablation.Share
	most := 0.
	for _, o := range all {
		values = append(values, ablation.Share{Value: o.Quality, Low: o.Quality, High: o.Quality})
		most = math.Max(most, o.Cost)
	}
	costAxis(&p.X, most)
	shareAxis(&p.Y, values, false)
	p.Add(grid(true, true), scatter{all})
	return picture{
		Plot: p, Height: 420, Right: 60,
		Alt: fmt.Sprintf("Scatter chart: %s against %s for %s, with the Pareto frontier; the tables of quality and cost have the figures.", quality.Name, cost, plural(len(all), "row")),
	}
}

// Plot draws the frontier, the points and then the labels, where nothing is drawn yet.
func (s scatter) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	at := make([]vg.Point, len(s.offers))
	var taken boxes
	for i, o := range s.offers {
		at[i] = vg.Point{X: tx(o.Cost), Y: ty(o.Quality)}
		taken = append(taken, around(at[i], 7, 7))
	}
	steps := s.steps(at)
	c.StrokeLines(draw.LineStyle{Color: faint, Width: 1.5, Dashes: []vg.Length{5, 4}}, steps)
	for i := 1; i < len(steps); i++ {
		taken = append(taken, between(steps[i-1], steps[i]))
	}
	for i, o := range s.offers {
		dot(&c, offerLook(o), 5, at[i])
	}
	for _, frontier := range []bool{true, false} {
		for i, o := range s.offers {
			if o.Frontier == frontier {
				taken = append(taken, s.label(&c, o, at[i], taken))
			}
		}
	}
}

func offerLook(o offer) look {
	if o.Frontier {
		return look{Color: palette[1].Color, Glyph: draw.CircleGlyph{}}
	}
	return look{Color: palette[0].Color, Glyph: hollow{draw.CircleGlyph{}}}
}

// steps is the frontier: what can be had for so much and no more.
func (s scatter) steps(at []vg.Point) (path []vg.Point) {
	for i, o := range s.offers {
		if !o.Frontier {
			continue
		}
		if n := len(path); n > 0 {
			path = append(path, vg.Point{X: at[i].X, Y: path[n-1].Y})
		}
		path = append(path, at[i])
	}
	return path
}

// label writes the row's number and name where there is room, or else its number alone.
func (s scatter) label(c *draw.Canvas, o offer, at vg.Point, taken boxes) box {
	number := strconv.Itoa(o.Row.Number)
	named := number + " " + o.Row.Title()
	if width(named) > mostLabel {
		named = number
	}
	for _, text := range []string{named, number} {
		for _, b := range places(at, width(text), textSize) {
			if b.Min.X >= c.Min.X && b.Max.X <= c.Max.X+60 && b.Min.Y >= c.Min.Y && b.Max.Y <= c.Max.Y && !taken.meet(b) {
				write(c, textAfter(ink), b.Min.X, (b.Min.Y+b.Max.Y)/2, text)
				return b
			}
		}
	}
	b := places(at, width(number), textSize)[0]
	write(c, textAfter(ink), b.Min.X, (b.Min.Y+b.Max.Y)/2, number)
	return b
}
