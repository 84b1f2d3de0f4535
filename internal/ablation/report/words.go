package report

import (
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// width is that of a text in a chart. The font that measures has no wide characters; the browser takes another.
func width(s string) vg.Length {
	style := textAfter(ink)
	w := style.Width(s)
	for _, r := range s {
		if r >= 0x1100 {
			w += textSize / 2
		}
	}
	return w
}

// fit shortens a text until it is no wider than room.
func fit(s string, room vg.Length) string {
	s = oneLine(s)
	for n := len([]rune(s)); n > 1 && width(s) > room; n-- {
		s = shorten(s, n-1)
	}
	return s
}

func widest(texts []string) vg.Length {
	most := vg.Length(0)
	for _, t := range texts {
		most = max(most, width(t))
	}
	return most
}

func fitAll(texts []string, room vg.Length) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fit(t, room)
	}
	return out
}

// write puts a text on the canvas, also beyond its border.
func write(c *draw.Canvas, style text.Style, x, y vg.Length, s string) {
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}

// keyWidth is the room of a key's sample.
const keyWidth = vg.Length(46)

// drawKey shows what a series looks like, and its name after it.
func drawKey(c *draw.Canvas, l look, x, y vg.Length, name string) {
	c.StrokeLine2(l.line(2), x, y, x+keyWidth-8, y)
	dot(c, l, 5, vg.Point{X: x + (keyWidth-8)/2, Y: y})
	write(c, textAfter(ink), x+keyWidth, y, name)
}

func thin(c color.Color) draw.LineStyle { return draw.LineStyle{Color: c, Width: 1} }
