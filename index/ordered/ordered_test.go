package ordered

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

func TestRunKeepsTheOrder(t *testing.T) {
	for _, workers := range []int{0, 1, 8} {
		next := 0
		err := Run(t.Context(), workers, 300, func(_ context.Context, i int) (int, error) {
			time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
			return i * i, nil
		}, func(i, square int) error {
			if i != next || square != i*i {
				t.Errorf("got %d, %d at %d", i, square, next)
			}
			next++
			return nil
		})
		if err != nil || next != 300 {
			t.Errorf("%d results, %v", next, err)
		}
	}
}

func TestErrorsEndIt(t *testing.T) {
	boom := errors.New("boom")
	good := func(context.Context, int) (int, error) { return 0, nil }
	bad := func(_ context.Context, i int) (int, error) {
		if i == 20 {
			return 0, boom
		}
		return 0, nil
	}
	if err := Run(t.Context(), 4, 1000, bad, func(int, int) error { return nil }); !errors.Is(err, boom) {
		t.Errorf("work: %v", err)
	}
	if err := Run(t.Context(), 4, 1000, good, func(i, _ int) error {
		if i == 20 {
			return boom
		}
		return nil
	}); !errors.Is(err, boom) {
		t.Errorf("take: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	taken := 0
	err := Run(ctx, 4, 1000, good, func(int, int) error {
		if taken++; taken == 20 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || taken > 100 {
		t.Errorf("cancelled: %v after %d", err, taken)
	}
}
