package html

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// maxLayers is how many underlines are stacked below a text; entities beyond have their tag only.
const maxLayers = 8

// layers gives each entity the lowest layer in which nothing else stands between its first and last byte. Short
// ones choose first, so that an inner mention is underlined closer to the text than the one around it.
func layers(entities []corpora.Entity) []int {
	order := make([]int, len(entities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(extent(entities[a]), extent(entities[b]))
	})
	layer := make([]int, len(entities))
	var taken [maxLayers][]corpora.Fragment // of each layer, in text order
	for _, i := range order {
		layer[i] = maxLayers
		whole := corpora.Fragment{Start: entities[i].Start(), End: entities[i].End()}
		for l := range taken {
			at, free := place(taken[l], whole)
			if free {
				taken[l] = slices.Insert(taken[l], at, whole)
				layer[i] = l
				break
			}
		}
	}
	return layer
}

func extent(e corpora.Entity) int { return e.End() - e.Start() }

// place is where f belongs among taken, and whether it is free there.
func place(taken []corpora.Fragment, f corpora.Fragment) (at int, free bool) {
	at, _ = slices.BinarySearchFunc(taken, f, func(t, f corpora.Fragment) int { return cmp.Compare(t.Start, f.Start) })
	free = (at == 0 || taken[at-1].End <= f.Start) && (at == len(taken) || taken[at].Start >= f.End)
	return at, free
}

// segment is a stretch of text that no entity's border divides.
type segment struct {
	Text  string
	Marks []mark // outermost, which is the lowest underline, first
	Tags  []item // of entities that end here
	After []mark // underlines that go on below the tags
}

// mark is one underline.
type mark struct {
	item
	Layer int
	Gap   bool // between the fragments of a discontinuous entity
}

// segments cuts text at every border of the items' fragments. layer is that of each item.
func segments(text string, items []item, layer []int) []segment {
	starts, ends := borders(items, len(text))
	var cut []segment
	var open []int // items that have begun and not ended, in order of their start
	for i, from := range starts.at {
		open = append(open, starts.items[i]...)
		to := len(text)
		if i+1 < len(starts.at) {
			to = starts.at[i+1]
		}
		s := segment{Text: text[from:to], Marks: marks(items, open, layer, from)}
		open = slices.DeleteFunc(open, func(n int) bool { return items[n].entity.End() <= to })
		for _, n := range ends[to] {
			s.Tags = append(s.Tags, items[n])
		}
		if len(s.Tags) > 0 {
			s.After = marks(items, open, layer, to)
		}
		cut = append(cut, s)
	}
	return cut
}

// cuts are the positions at which segments begin, with the items that begin there.
type cuts struct {
	at    []int
	items map[int][]int // by index in at
}

func borders(items []item, length int) (starts cuts, ends map[int][]int) {
	begin := map[int][]int{}
	ends = map[int][]int{}
	starts.at = []int{0}
	for n, it := range items {
		begin[it.entity.Start()] = append(begin[it.entity.Start()], n)
		ends[it.entity.End()] = append(ends[it.entity.End()], n)
		for _, f := range it.entity.Fragments {
			starts.at = append(starts.at, f.Start, f.End)
		}
	}
	slices.Sort(starts.at)
	starts.at = slices.Compact(starts.at)
	if last := len(starts.at) - 1; last > 0 && starts.at[last] == length {
		starts.at = starts.at[:last]
	}
	starts.items = map[int][]int{}
	for i, at := range starts.at {
		starts.items[i] = begin[at]
	}
	return starts, ends
}

// marks are the underlines of the segment that begins at byte from.
func marks(items []item, open, layer []int, from int) (list []mark) {
	for _, n := range open {
		if layer[n] < maxLayers {
			list = append(list, mark{items[n], layer[n], !covers(items[n].entity, from)})
		}
	}
	slices.SortFunc(list, func(a, b mark) int { return cmp.Compare(b.Layer, a.Layer) })
	return list
}

func covers(e corpora.Entity, at int) bool {
	return slices.ContainsFunc(e.Fragments, func(f corpora.Fragment) bool { return f.Start <= at && at < f.End })
}
