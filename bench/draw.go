package main

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// curve is one figure over the sizes.
type curve struct {
	name, column string
	unit         float64 // the column's value is multiplied by it
}

// panel is one plot of the picture; both axes are logarithmic, so that a straight line of slope one is linear growth.
type panel struct {
	unit    string
	curves  []curve
	targets map[int]float64 // by sentences
}

var panels = []panel{
	{
		"CPU ms a query",
		[]curve{
			{"hybrid and terms", wholeTask + processorOf, 1},
			{"hybrid", hybridTask + processorOf, 1},
			{"vectors alone", denseTask + processorOf, 1},
			{"words alone", lexicalTask + processorOf, 1},
		},
		map[int]float64{5_000: 0.4, 25_000: 0.8, 95_000: 2.5, 1_000_000: 20},
	},
	{
		"CPU s, whole process",
		[]curve{
			{"build", buildUsed, 1},
			{"cold search", coldProcessor, 1},
		},
		nil,
	},
	{
		"MB, peak resident (disk: all files)",
		[]curve{
			{"on disk", diskSize, 1},
			{"build", buildMemory, 1},
			{"tagging", tagMemory, 1},
			{"cold search", coldMemory, 1},
		},
		nil,
	},
}

// The colours are those of Okabe and Ito (2008); marks and dashes tell the curves apart too.
var (
	colours = []color.NRGBA{{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff}}
	marks   = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}}
	dashes  = [][]vg.Length{nil, {7, 3}, {3, 3}, {9, 3, 2, 3}}
	grey    = color.NRGBA{0x59, 0x61, 0x6b, 0xff}
	pale    = color.NRGBA{0xe3, 0xe7, 0xeb, 0xff}
)

// drawGrowth writes the picture.
func drawGrowth(path string, points growthPoints) error {
	canvas := vgsvg.New(vg.Length(1080), vg.Length(380))
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Path())
	var row []*plot.Plot
	for _, p := range panels {
		drawn, err := p.plot(points)
		if err != nil {
			return err
		}
		row = append(row, drawn)
	}
	tiles := draw.Tiles{Rows: 1, Cols: len(row), PadX: 18, PadTop: 8, PadBottom: 6, PadLeft: 6, PadRight: 14}
	for i, c := range plot.Align([][]*plot.Plot{row}, tiles, page)[0] {
		row[i].Draw(c)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func (p panel) plot(points growthPoints) (*plot.Plot, error) {
	drawn := plot.New()
	drawn.X.Label.Text, drawn.Y.Label.Text = "sentences", p.unit
	for _, axis := range []*plot.Axis{&drawn.X, &drawn.Y} {
		axis.Scale, axis.Tick.Marker = plot.LogScale{}, decades{}
		axis.Color, axis.Tick.Color = grey, grey
		axis.Tick.Label.Font = font.From(plot.DefaultFont, 10)
		axis.Label.TextStyle.Font = font.From(plot.DefaultFont, 11)
		axis.Label.TextStyle.Color = grey
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = pale, pale
	drawn.Add(grid)
	drawn.Legend.Top, drawn.Legend.Left, drawn.Legend.Padding = true, true, 2
	drawn.Legend.TextStyle.Font = font.From(plot.DefaultFont, 10)
	for i, c := range p.curves {
		line, dots, err := plotter.NewLinePoints(c.points(points))
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", c.name, err)
		}
		line.Color, line.Width, line.Dashes = colours[i], 1.5, dashes[i]
		dots.Color, dots.Shape, dots.Radius = colours[i], marks[i], 2.6
		drawn.Add(line, dots)
		drawn.Legend.Add(c.name, line, dots)
	}
	if err := p.addTargets(drawn, points); err != nil {
		return nil, err
	}
	drawn.Y.Max *= 12 // room for the legend
	return drawn, nil
}

func (c curve) points(points growthPoints) plotter.XYs {
	xys := make(plotter.XYs, 0, len(points))
	for _, p := range points {
		xys = append(xys, plotter.XY{X: p[atSize], Y: max(p[c.column]*c.unit, 1e-3)})
	}
	return xys
}

// addTargets marks what hybrid search is to reach.
func (p panel) addTargets(drawn *plot.Plot, points growthPoints) error {
	var xys plotter.XYs
	for _, at := range points {
		if y, ok := p.targets[int(at[atSize])]; ok {
			xys = append(xys, plotter.XY{X: at[atSize], Y: y})
		}
	}
	if len(xys) == 0 {
		return nil
	}
	marks, err := plotter.NewScatter(xys)
	if err != nil {
		return err
	}
	marks.Shape, marks.Radius, marks.Color = draw.CrossGlyph{}, 4, color.Black
	drawn.Add(marks)
	drawn.Legend.Add("to reach, hybrid", marks)
	return nil
}

// decades puts a tick at each power of ten, written out.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(least)); e <= math.Ceil(math.Log10(most)); e++ {
		if value := math.Pow(10, e); value >= least && value <= most {
			ticks = append(ticks, plot.Tick{Value: value, Label: written(value)})
		}
	}
	return ticks
}

func written(value float64) string {
	switch {
	case value >= 1e6:
		return strconv.FormatFloat(value/1e6, 'f', -1, 64) + "M"
	case value >= 1e3:
		return strconv.FormatFloat(value/1e3, 'f', -1, 64) + "k"
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}
