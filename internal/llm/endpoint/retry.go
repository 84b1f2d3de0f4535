package endpoint

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// retry repeats attempt while its error says that it may help, with pauses that double and are jittered, so
// that many callers do not come back at once. It ends before a pause that would outlast deadline.
func (c *Client) retry(ctx context.Context, deadline time.Time, attempt func(deadline time.Time) error) error {
	tries, retries := 0, 0
	for {
		if err := c.health.open(); err != nil {
			return err
		}
		err := attempt(deadline)
		var failed *Error
		if err == nil || !errors.As(err, &failed) {
			return err
		}
		tries++
		failed.Tries = tries
		switch {
		case failed.Kind == Unreachable && c.health.unreachable(failed):
		case !failed.Again || retries >= c.options.Retries || c.health.open() != nil:
			return err
		case !c.health.mayRetry():
			failed.Err = fmt.Errorf("%w; no more retries: most calls fail", failed.Err)
			return err
		default:
			retries++
		}
		if err := c.pause(ctx, deadline, tries-1, failed); err != nil {
			return err
		}
	}
}

// pause waits before the next attempt. It is failed where the deadline comes first, and the context's error where that ends.
func (c *Client) pause(ctx context.Context, deadline time.Time, n int, failed *Error) error {
	if failed.Kind == Unreachable {
		n = min(n, 2) // so that a server that is back is not kept waiting
	}
	pause := max(pauseAfter(c.options.Backoff, n), failed.After)
	if time.Now().Add(pause).Before(deadline) {
		return sleep(ctx, pause)
	}
	if failed.After == pause {
		failed.Err = fmt.Errorf("%w; it asks for a pause of %v, more than this call has", failed.Err, pause)
	}
	return failed
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
