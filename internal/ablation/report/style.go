package report

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes are in points of the picture; the page shows a point as a pixel where it has room.
const (
	chartWidth = vg.Length(860)
	textSize   = vg.Length(13)
	whisker    = vg.Length(1.5)
)

// The neutral colours. page.css gives each its counterpart for dark screens, as it does for the palette.
var (
	ink   = color.NRGBA{0x1d, 0x21, 0x26, 0xff}
	faint = color.NRGBA{0x59, 0x61, 0x6b, 0xff}
	rule  = color.NRGBA{0xd5, 0xda, 0xe0, 0xff}
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// look is what a series looks like: colour, mark and dashes all differ, so that none carries meaning alone.
type look struct {
	Color  color.NRGBA
	Glyph  draw.GlyphDrawer
	Dashes []vg.Length
}

// palette is that of Okabe and Ito (2008) without yellow, which white paper swallows.
var palette = []look{
	{color.NRGBA{0x00, 0x72, 0xb2, 0xff}, draw.CircleGlyph{}, nil},
	{color.NRGBA{0xd5, 0x5e, 0x00, 0xff}, draw.BoxGlyph{}, []vg.Length{8, 3}},
	{color.NRGBA{0x00, 0x9e, 0x73, 0xff}, draw.PyramidGlyph{}, []vg.Length{3, 3}},
	{color.NRGBA{0xcc, 0x79, 0xa7, 0xff}, diamond{}, []vg.Length{9, 3, 2, 3}},
	{color.NRGBA{0x00, 0x00, 0x00, 0xff}, cross{}, []vg.Length{12, 4}},
	{color.NRGBA{0xe6, 0x9f, 0x00, 0xff}, hollow{draw.CircleGlyph{}}, []vg.Length{5, 2, 1, 2}},
	{color.NRGBA{0x56, 0xb4, 0xe9, 0xff}, hollow{draw.BoxGlyph{}}, []vg.Length{1, 3}},
}

// lookOf is the look of the n-th series; those beyond the palette repeat colours with other marks.
func lookOf(n int) look {
	l := palette[n%len(palette)]
	turn := n + n/len(palette)
	l.Glyph, l.Dashes = palette[turn%len(palette)].Glyph, palette[turn%len(palette)].Dashes
	return l
}

func (l look) glyph(size vg.Length) draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.Color, Radius: size, Shape: l.Glyph}
}

func (l look) line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: l.Color, Width: width, Dashes: l.Dashes}
}

var sans = font.Font{Typeface: "Liberation", Variant: "Sans"}

// textAfter is of text that begins at a point and is centred on it in height.
func textAfter(c color.Color) text.Style {
	return text.Style{Color: c, Font: font.From(sans, textSize), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
}

// newPlot is an empty plot in the report's style.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for axis, label := range map[*plot.Axis]string{&p.X: x, &p.Y: y} {
		axis.Label.Text = label
		axis.Label.TextStyle.Font = font.From(sans, textSize)
		axis.Label.TextStyle.Color = faint
		axis.Label.Padding = 6
		axis.Tick.Label.Font = font.From(sans, textSize)
		axis.Tick.Label.Color = ink
		axis.LineStyle = draw.LineStyle{Color: faint, Width: 1}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = 5
		axis.Padding = 8
	}
	return p
}
