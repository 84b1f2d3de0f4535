package tag

import (
	"container/heap"
	"context"
	"sync"
)

// turns lets so many callers in at once as limit says; of those that wait, the one with the smallest number, the first of
// equals. The limit, at least 1, may change with every caller that leaves.
type turns struct {
	limit func() int

	mu      sync.Mutex
	inside  int
	arrived int
	waiting turnQueue
}

// turn is a caller that waits. Its channel is closed when it may go on.
type turn struct {
	number, arrival, place int
	ready                  chan struct{}
}

func newTurns(limit func() int) *turns { return &turns{limit: limit} }

// take waits for the caller's turn, or until ctx ends. Who took a turn gives it back.
func (t *turns) take(ctx context.Context, number int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	me := t.enter(number)
	select {
	case <-me.ready:
		return nil
	case <-ctx.Done():
		if !t.leave(me) { // it was let in at the same moment
			t.give()
		}
		return ctx.Err()
	}
}

func (t *turns) enter(number int) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arrived++
	me := &turn{number: number, arrival: t.arrived, ready: make(chan struct{})}
	heap.Push(&t.waiting, me)
	t.admit()
	return me
}

// leave gives up waiting, and reports whether me was still waiting.
func (t *turns) leave(me *turn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if me.place < 0 {
		return false
	}
	heap.Remove(&t.waiting, me.place)
	return true
}

func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside--
	t.admit()
}

func (t *turns) admit() {
	for len(t.waiting) > 0 && t.inside < max(t.limit(), 1) {
		t.inside++
		close(heap.Pop(&t.waiting).(*turn).ready)
	}
}

// turnQueue is a heap of those who wait; each knows its place, -1 outside.
type turnQueue []*turn

func (q turnQueue) Len() int { return len(q) }

func (q turnQueue) Less(i, j int) bool {
	if q[i].number != q[j].number {
		return q[i].number < q[j].number
	}
	return q[i].arrival < q[j].arrival
}

func (q turnQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *turnQueue) Push(x any) {
	t := x.(*turn)
	t.place = len(*q)
	*q = append(*q, t)
}

func (q *turnQueue) Pop() any {
	last := (*q)[len(*q)-1]
	last.place = -1
	*q = (*q)[:len(*q)-1]
	return last
}
