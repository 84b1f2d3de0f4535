package endpoint

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// retry repeats attempt while its error says that it may help, with pauses that double and are jittered, so
// that many callers do not come back at once. It ends before a pause that would outlast deadline.
func (c *Client) retry(ctx context.Context, deadline time.Time, attempt func(deadline time.Time) error) error {
	for tried := 0; ; tried++ {
		if err := c.breaker.open(); err != nil {
			return err
		}
		err := attempt(deadline)
		c.breaker.report(err)
		var failed *Error
		if err == nil || !errors.As(err, &failed) {
			return err
		}
		if !failed.Again || tried >= c.options.Retries || c.breaker.open() != nil {
			return err
		}
		pause := max(pauseAfter(c.options.Backoff, tried), failed.After)
		if time.Now().Add(pause).After(deadline) {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// pauseAfter is the pause after the n-th failed attempt, from 0: between half and one and a half of the doubled base.
func pauseAfter(base time.Duration, n int) time.Duration {
	pause := min(base<<min(n, 10), longestPause)
	return pause/2 + rand.N(pause)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// coolDown is how long an open breaker turns calls away before it lets one try again.
const coolDown = 5 * time.Second

// breaker turns calls away at once when the server could not be reached several times in a row, so that a
// batch of thousands does not wait for each. A server that comes back is noticed after coolDown.
type breaker struct {
	mu       sync.Mutex
	limit    int
	failures int
	last     *Error
	until    time.Time
}

// open is the last failure while calls are turned away, else nil.
func (b *breaker) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < b.limit || time.Now().After(b.until) {
		return nil
	}
	return b.last
}

func (b *breaker) report(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var failed *Error
	if errors.As(err, &failed) && failed.Kind == Unreachable {
		b.failures++
		b.last, b.until = failed, time.Now().Add(coolDown)
		return
	}
	b.failures = 0
}
