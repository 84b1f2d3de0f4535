package report

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ragner/ragner/internal/ablation"
)

// shareAxis makes an axis of shares that holds all values with their intervals, cut at multiples of .05.
func shareAxis(a *plot.Axis, values []ablation.Share, fromZero bool) {
	low, high := 1., 0.
	for _, v := range values {
		low, high = math.Min(low, math.Min(v.Value, v.Low)), math.Max(high, math.Max(v.Value, v.High))
	}
	if fromZero || low > high {
		low = 0
	}
	const cut = 20
	low, high = math.Floor(low*cut-.3)/cut, math.Ceil(high*cut+.3)/cut
	a.Min = math.Max(0, low)
	a.Max = math.Max(math.Min(1, high), a.Min+.05)
	a.Tick.Marker = plot.TickerFunc(shareTicks)
}

// shareTicks are at most nine multiples of a round step.
func shareTicks(low, high float64) []plot.Tick {
	step := .01
	for _, wider := range []float64{.02, .05, .1, .2} {
		if (high-low)/step > 8 {
			step = wider
		}
	}
	var ticks []plot.Tick
	for i := int(math.Ceil(low/step - 1e-9)); float64(i)*step <= high+1e-9; i++ {
		x := float64(i) * step
		ticks = append(ticks, plot.Tick{Value: x, Label: noZero(strconv.FormatFloat(x, 'f', 2, 64))})
	}
	return ticks
}

// costAxis begins at 0 and leaves some room beyond the highest value.
func costAxis(a *plot.Axis, highest float64) {
	a.Min, a.Max = 0, highest*1.05
	if highest <= 0 {
		a.Max = 1
	}
	a.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		ticks := plot.DefaultTicks{}.Ticks(low, high)
		for i, t := range ticks {
			if t.Label != "" {
				ticks[i].Label = tickLabel(t.Value)
			}
		}
		return ticks
	})
}

func tickLabel(x float64) string {
	if x >= 1000 && x == math.Trunc(x) {
		return count(int(x))
	}
	return noZero(strconv.FormatFloat(x, 'g', 6, 64))
}

// valueAxis has a tick at each of the values, and labels where there is room for them.
func valueAxis(a *plot.Axis, values []float64, logarithmic bool) {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	place := func(x float64) float64 { return x }
	if logarithmic {
		place = math.Log
		a.Scale = plot.LogScale{}
	}
	a.Min, a.Max = values[0], values[len(values)-1]
	width := place(a.Max) - place(a.Min)
	var ticks []plot.Tick
	last := math.Inf(-1)
	for _, x := range values {
		t := plot.Tick{Value: x}
		label := tickLabel(x)
		if at := place(x); (at-last)/width > .02+.012*float64(len(label)) {
			t.Label, last = label, at
		}
		ticks = append(ticks, t)
	}
	a.Tick.Marker = plot.ConstantTicks(ticks)
}

// grid draws a line at each labelled tick of the axes asked for.
func grid(x, y bool) plot.Plotter {
	g := plotter.NewGrid()
	g.Vertical, g.Horizontal = draw.LineStyle{}, draw.LineStyle{}
	if x {
		g.Vertical = draw.LineStyle{Color: rule, Width: 1}
	}
	if y {
		g.Horizontal = draw.LineStyle{Color: rule, Width: 1}
	}
	return g
}

// slots makes the axis of things that are listed from top to bottom; they are named by text beside it.
func slots(p *plot.Plot, n int) {
	p.HideY()
	p.Y.Min, p.Y.Max = -float64(n)+.5, .5
}

// apart moves places, in ascending order, as little as is simple, so that neighbours are gap from each other and none
// lies above the top where there is room.
func apart(places []vg.Length, gap, top vg.Length) []vg.Length {
	out := slices.Clone(places)
	for i := 1; i < len(out); i++ {
		out[i] = max(out[i], out[i-1]+gap)
	}
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = min(out[i], top-gap*vg.Length(len(out)-1-i))
	}
	return out
}
