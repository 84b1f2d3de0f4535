package tag

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// waiting is how many callers wait.
func (t *turns) waits() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting)
}

// TestTurnsGoByNumber: of those who wait the smallest number goes first, the first to come of equals.
func TestTurnsGoByNumber(t *testing.T) {
	turns := newTurns(func() int { return 1 })
	if err := turns.take(context.Background(), 9); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []int
	var all sync.WaitGroup
	for i, number := range []int{3, 1, 2, 1, -1} {
		all.Go(func() {
			if err := turns.take(context.Background(), number); err != nil {
				t.Error(err)
			}
			mu.Lock()
			order = append(order, number*10+i)
			mu.Unlock()
			turns.give()
		})
		for turns.waits() <= i { // so that they come in this order
			time.Sleep(time.Millisecond)
		}
	}
	turns.give()
	all.Wait()
	if want := []int{-6, 11, 13, 22, 30}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

// TestTurnsCancelled: who gives up waiting takes no turn with them.
func TestTurnsCancelled(t *testing.T) {
	turns := newTurns(func() int { return 2 })
	var all sync.WaitGroup
	for i := range 200 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%7)*100*time.Microsecond)
		all.Go(func() {
			defer cancel()
			switch err := turns.take(ctx, i%5); {
			case err == nil:
				time.Sleep(50 * time.Microsecond)
				turns.give()
			case !errors.Is(err, context.DeadlineExceeded):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if turns.inside != 0 || turns.waits() != 0 {
		t.Errorf("%d turns are taken, %d wait", turns.inside, turns.waits())
	}
}
