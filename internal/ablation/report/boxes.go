package report

import "gonum.org/v1/plot/vg"

type box = vg.Rectangle

// boxes are where something is drawn already.
type boxes []box

func (bs boxes) meet(b box) bool {
	for _, o := range bs {
		if b.Min.X < o.Max.X && o.Min.X < b.Max.X && b.Min.Y < o.Max.Y && o.Min.Y < b.Max.Y {
			return true
		}
	}
	return false
}

// around is a box with the given half width and half height.
func around(at vg.Point, w, h vg.Length) box {
	return box{Min: vg.Point{X: at.X - w, Y: at.Y - h}, Max: vg.Point{X: at.X + w, Y: at.Y + h}}
}

// between is the box of a line that runs along an axis.
func between(a, b vg.Point) box {
	return box{
		Min: vg.Point{X: min(a.X, b.X) - 1, Y: min(a.Y, b.Y) - 1},
		Max: vg.Point{X: max(a.X, b.X) + 1, Y: max(a.Y, b.Y) + 1},
	}
}

// places are where a text of the given size may stand beside a point, the best first: right, left, below, above,
// below right, above right, below left, above left.
func places(at vg.Point, w, h vg.Length) boxes {
	const gap = 9
	beside, over := gap+w/2, gap+h/2
	var out boxes
	for _, d := range []vg.Point{
		{X: beside},
		{X: -beside},
		{Y: -over},
		{Y: over},
		{X: w/2 + 2, Y: -over},
		{X: w/2 + 2, Y: over},
		{X: -w/2 - 2, Y: -over},
		{X: -w/2 - 2, Y: over},
	} {
		out = append(out, around(vg.Point{X: at.X + d.X, Y: at.Y + d.Y}, w/2, h/2))
	}
	return out
}
