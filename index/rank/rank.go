// Package rank holds the order of search hits and the bounded heap that selects the best of them.
package rank

import "slices"

// Hit is one found row with its score; higher is better.
type Hit struct {
	Row   int
	Score float64
}

// Compare is the total order of hits: score descending, then row ascending.
func Compare(a, b Hit) int {
	switch {
	case a.before(b):
		return -1
	case b.before(a):
		return 1
	}
	return 0
}

// before reports whether h stands before o. No score is NaN.
func (h Hit) before(o Hit) bool {
	return h.Score > o.Score || h.Score == o.Score && h.Row < o.Row
}

// Top keeps the best k hits it is offered, in a heap whose root is the worst of them.
type Top struct {
	k    int
	hits []Hit
}

// NewTop selects k hits; k <= 0 selects none.
func NewTop(k int) *Top { return &Top{k: max(k, 0)} }

// Full reports whether k hits are held, so that a further one must beat Worst.
func (t *Top) Full() bool { return len(t.hits) == t.k }

// Worst is the last of the hits held. It must not be called on an empty Top.
func (t *Top) Worst() Hit { return t.hits[0] }

// Wants reports whether h would be kept.
func (t *Top) Wants(h Hit) bool {
	return t.k > 0 && (!t.Full() || h.before(t.hits[0]))
}

// Add keeps h if it is among the best k so far.
func (t *Top) Add(h Hit) {
	switch {
	case !t.Wants(h):
	case t.Full():
		t.hits[0] = h
		t.down()
	default:
		t.hits = append(t.hits, h)
		t.up()
	}
}

// Ranked returns the hits held, best first. The Top must not be used afterwards.
func (t *Top) Ranked() []Hit {
	slices.SortFunc(t.hits, Compare)
	return t.hits
}

func (t *Top) up() {
	for i := len(t.hits) - 1; i > 0; {
		parent := (i - 1) / 2
		if t.hits[i].before(t.hits[parent]) {
			return
		}
		t.hits[i], t.hits[parent] = t.hits[parent], t.hits[i]
		i = parent
	}
}

func (t *Top) down() {
	for i := 0; ; {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.hits); child++ {
			if t.hits[worst].before(t.hits[child]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.hits[i], t.hits[worst] = t.hits[worst], t.hits[i]
		i = worst
	}
}
