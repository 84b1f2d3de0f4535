package endpoint

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

// gate lets so many calls through at once. Where it finds the number out it begins with one and climbs while the work
// done in a second grows, and steps back where it does not or where the server says that it is busy.
type gate struct {
	adaptive bool
	now      func() time.Time

	mu      sync.Mutex
	limit   int
	running int
	waiting []chan struct{} // first come, first served

	settled int     // the number that was kept last
	rate    float64 // work a second with it
	calm    int     // samples to stay with it before more is tried again
	calming int     // how many that will be; doubled whenever trying was in vain
	sample  sample
}

// sample are calls that began and ended while as many were under way as may be. The work a second is, by Little's law
// (1961), the number under way times the work over the time that the calls took, however they come in bursts.
type sample struct {
	skip  int // calls that must end before it begins
	from  time.Time
	calls int
	work  int
	took  time.Duration
}

// MostInFlight is how many calls are under way at once at most where the number is found out.
const MostInFlight = 16

const (
	leastGrowth  = 1.1 // of the work a second, for which more calls at once are kept
	sampleCalls  = 8   // at least
	sampleRounds = 2   // calls of a sample for each that is under way at once
	firstCalm    = 8   // samples
	longestCalm  = 512
)

func newGate(limit int) *gate {
	g := &gate{limit: limit, now: time.Now}
	if limit <= 0 {
		g.adaptive, g.limit, g.settled, g.calming = true, 1, 1, firstCalm
		g.begin()
	}
	return g
}

// take waits until a call may begin. Whoever took gives.
func (g *gate) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.Lock()
	ready := make(chan struct{})
	g.waiting = append(g.waiting, ready)
	g.admit()
	g.mu.Unlock()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		g.leave(ready)
		return ctx.Err()
	}
}

// leave gives up waiting. One that was let in at the same moment gives its place back.
func (g *gate) leave(ready chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, ready); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
		return
	}
	g.running--
	g.admit()
}

func (g *gate) admit() {
	for len(g.waiting) > 0 && g.running < g.limit {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.running++
	}
}

// give ends a call that began at a time and did so much work, 0 where it failed or is no measure.
func (g *gate) give(began time.Time, work int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.adaptive && work > 0 {
		g.measure(began, work)
	}
	g.running--
	g.admit()
}

// measure adds a finished call to the sample. A call at whose end fewer were under way than may be says nothing of how
// many the server takes.
func (g *gate) measure(began time.Time, work int) {
	s := &g.sample
	switch {
	case g.running < g.limit:
		g.begin()
		return
	case s.skip > 0:
		if s.skip--; s.skip == 0 {
			s.from = g.now()
		}
		return
	case began.Before(s.from):
		return
	}
	s.calls++
	s.work += work
	s.took += g.now().Sub(began)
	if s.calls >= max(sampleCalls, sampleRounds*g.limit) && s.took > 0 {
		g.judge(float64(g.limit*s.work) / s.took.Seconds())
	}
}

// begin starts a sample with the present limit, when those calls have ended that began before.
func (g *gate) begin() { g.sample = sample{skip: g.limit} }

// judge decides after a sample.
func (g *gate) judge(rate float64) {
	switch {
	case g.limit == g.settled:
		g.rate = rate
		if g.calm--; g.calm < 0 {
			g.limit = min(g.settled+max(1, g.settled/2), MostInFlight)
		}
	case rate >= leastGrowth*g.rate:
		g.settled, g.rate, g.calming = g.limit, rate, firstCalm
		g.limit = min(g.settled+max(1, g.settled/2), MostInFlight)
	default:
		g.back()
	}
	g.begin()
}

// back returns from a trial to the number that was kept, for longer each time.
func (g *gate) back() {
	g.limit, g.calm = g.settled, g.calming
	g.calming = min(2*g.calming, longestCalm)
	g.begin()
}

// busy notes that the server took a call for one too many, or did not answer it in time. While calls are still under way
// from before a step back it says nothing new.
func (g *gate) busy() {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case !g.adaptive || g.running > g.limit || g.limit == 1:
		return
	case g.limit == g.settled:
		g.settled--
		g.rate = 0 // of fewer calls nothing is known
	}
	g.back()
}

// tooMany reports an error that fewer calls at once may prevent.
func tooMany(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Kind == Timeout || failed.Status == http.StatusTooManyRequests || failed.Status == http.StatusServiceUnavailable
}

// size is how many calls may be under way now.
func (g *gate) size() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limit
}
