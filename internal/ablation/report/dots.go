package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ragner/ragner/internal/ablation"
)

// mostDots is how many rows a chart of dots shows; a grid may have a thousand.
const mostDots = 60

// dots is a line a row: its name, a dot with its interval, the figure in digits.
type dots struct {
	rows  []row
	names []string
	of    figure
}

const (
	dotsName  = vg.Length(370) // the widest name
	dotsRight = vg.Length(130) // for ".661 (.620 to .701)"
	dotsLine  = vg.Length(24)  // height
)

func dotChart(rows []row, of figure) picture {
	d := dots{rows: rows, of: of}
	var values []ablation.Share
	for _, r := range rows {
		value, _ := of.of(r)
		values = append(values, value)
		d.names = append(d.names, fmt.Sprintf("%d  %s", r.Number, r.Title()))
	}
	d.names = fitAll(d.names, dotsName)
	p := newPlot(of.Name+", with its 95 % interval", "")
	shareAxis(&p.X, values, false)
	slots(p, len(rows))
	p.Add(grid(true, false), d)
	return picture{
		Plot: p, Height: dotsLine*vg.Length(len(rows)) + 60, Left: widest(d.names) + 14, Right: dotsRight,
		Alt: fmt.Sprintf("Dot chart: %s with its interval for each of %s; the table of rows has the same figures.", of.Name, plural(len(rows), "row")),
	}
}

// Plot draws the rows.
func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, r := range d.rows {
		value, _ := d.of.of(r)
		if r.Reference {
			at := x(value.Value)
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1, Dashes: []vg.Length{4, 4}}, at, c.Min.Y, at, c.Max.Y)
		}
		height := y(-float64(i))
		l := dotLook(r)
		if hasInterval(value) {
			whiskers(&c, draw.LineStyle{Color: l.Color, Width: 2}, vg.Point{X: x(value.Low), Y: height}, vg.Point{X: x(value.High), Y: height})
		}
		dot(&c, l, 5, vg.Point{X: x(value.Value), Y: height})
		write(&c, textAfter(ink), c.Min.X-d.left(), height, d.names[i])
		write(&c, textAfter(ink), c.Max.X+12, height, withInterval(value))
	}
}

func (d dots) left() vg.Length { return widest(d.names) + 14 }

// dotLook: the best row has a diamond, the reference a square, an unfinished one a ring.
func dotLook(r row) look {
	switch {
	case unfinished(r) > 0:
		return look{Color: faint, Glyph: hollow{draw.CircleGlyph{}}}
	case r.Best:
		return look{Color: palette[1].Color, Glyph: diamond{}}
	case r.Reference:
		return look{Color: palette[4].Color, Glyph: draw.BoxGlyph{}}
	}
	return palette[0]
}

// dot draws a series' mark.
func dot(c *draw.Canvas, l look, size vg.Length, at vg.Point) { c.DrawGlyphNoClip(l.glyph(size), at) }

func hasInterval(s ablation.Share) bool {
	return s.Low <= s.Value && s.Value <= s.High && s.Low < s.High
}

// whiskers draws an interval with a bar across each end.
func whiskers(c *draw.Canvas, style draw.LineStyle, from, to vg.Point) {
	c.StrokeLine2(style, from.X, from.Y, to.X, to.Y)
	for _, end := range []vg.Point{from, to} {
		if from.Y == to.Y {
			c.StrokeLine2(style, end.X, end.Y-4, end.X, end.Y+4)
		} else {
			c.StrokeLine2(style, end.X-4, end.Y, end.X+4, end.Y)
		}
	}
}
