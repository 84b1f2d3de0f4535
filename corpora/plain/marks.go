package plain

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// mark is a stretch of an entity as it is shown. Marks nest: where two entities cross, the one that ends later
// is shown in two.
type mark struct {
	start, end int
	entity     corpora.Entity
	group      int  // joins the fragments of a discontinuous entity, from 1; 0 for others
	resumed    bool // it goes on from the mark before
	cut        bool // it goes on in a mark after
}

// marksOf gives the marks of a document's entities by start, the outer before the inner.
func marksOf(entities []corpora.Entity) []mark {
	var marks []mark
	groups := 0
	for _, e := range entities {
		group := 0
		if len(e.Fragments) > 1 {
			groups++
			group = groups
		}
		for _, f := range e.Fragments {
			marks = append(marks, mark{start: f.Start, end: f.End, entity: e, group: group})
		}
	}
	return nest(marks)
}

// nest cuts marks that cross until none does.
func nest(marks []mark) []mark {
	slices.SortStableFunc(marks, outerFirst)
	var open []mark
	for i := 0; i < len(marks); i++ {
		m := marks[i]
		for len(open) > 0 && open[len(open)-1].end <= m.start {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && open[len(open)-1].end < m.end {
			rest := m
			marks[i].end, marks[i].cut = open[len(open)-1].end, true
			rest.start, rest.resumed = marks[i].end, true
			at, _ := slices.BinarySearchFunc(marks[i+1:], rest, outerFirst)
			marks = slices.Insert(marks, i+1+at, rest)
		}
		open = append(open, marks[i])
	}
	return marks
}

func outerFirst(a, b mark) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
}
