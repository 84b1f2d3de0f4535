package report

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// diamond is a filled square that stands on a corner.
type diamond struct{}

// DrawGlyph draws it.
func (diamond) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius * vg.Length(math.Sqrt2)
	c.FillPolygon(s.Color, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y - r}})
}

// cross is an upright x with strokes that can be seen.
type cross struct{}

// DrawGlyph draws it.
func (cross) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	line, r := draw.LineStyle{Color: s.Color, Width: 2}, s.Radius
	c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// hollow is a shape with its inside in the colour of paper, so that no line shows through.
type hollow struct{ draw.GlyphDrawer }

// DrawGlyph draws it.
func (h hollow) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	h.GlyphDrawer.DrawGlyph(c, s, at)
	s.Color, s.Radius = paper, s.Radius-1.8
	c.SetColor(paper)
	h.GlyphDrawer.DrawGlyph(c, s, at)
}
