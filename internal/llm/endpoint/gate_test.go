package endpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fakeServer takes a tenth of a second for each call, so many at once; the others wait for it, or, beyond refuse, are
// told that it is busy.
type fakeServer struct {
	slots   chan struct{}
	refuse  int64 // 0: none is refused
	inside  atomic.Int64
	refused atomic.Int64
	most    atomic.Int64
}

func (f *fakeServer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n := f.inside.Add(1)
	defer f.inside.Add(-1)
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
	if f.refuse > 0 && n > f.refuse {
		f.refused.Add(1)
		answer.StatusCode = http.StatusServiceUnavailable
		return answer, nil
	}
	f.most.Store(max(f.most.Load(), n))
	f.slots <- struct{}{}
	time.Sleep(100 * time.Millisecond)
	<-f.slots
	return answer, nil
}

// run makes calls through a client, by so many callers, and gives the client and how long it took, in the time of the test.
func run(t *testing.T, f *fakeServer, calls, callers, concurrency int) (*Client, time.Duration) {
	t.Helper()
	c, err := New(Options{URL: "http://127.0.0.1", Concurrency: concurrency})
	if err != nil {
		t.Fatal(err)
	}
	c.http.Transport = f
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := next.Add(1); i <= int64(calls); i = next.Add(1) {
				var got string
				want := fmt.Sprint("call ", i)
				err := c.Do(context.Background(), Call{
					Body: want, Timeout: time.Minute, Work: func() int { return 100 },
					Read: func(a *Answer) error { return a.JSON(&got) },
				})
				if err != nil || got != want {
					t.Errorf("%s got %q, %v", want, got, err)
				}
			}
		})
	}
	all.Wait()
	return c, time.Since(began)
}

// TestInFlight: the number of calls under way is found out, against servers of each kind.
func TestInFlight(t *testing.T) {
	for _, c := range []struct {
		name                   string
		slots                  int
		refuse                 int64
		settled, most, refused int
		speed                  float64 // at least, of what the server can do
	}{
		{"one that serialises", 1, 0, 1, 2, 0, 0.99},
		{"one that takes four at once", 4, 0, 4, 6, 0, 0.9},
		{"one that takes any number", 99, 0, 16, 16, 0, 0.7},
		{"one that is busy above two", 99, 2, 2, 2, 8, 0.8},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeServer{slots: make(chan struct{}, c.slots), refuse: c.refuse}
				client, took := run(t, f, 1000, 40, 0)
				can := min(c.slots, MostInFlight)
				if c.refuse > 0 {
					can = int(c.refuse)
				}
				speed := 1000 / float64(can) * 0.1 / took.Seconds()
				if client.gate.settled != c.settled || f.most.Load() > int64(c.most) || int(f.refused.Load()) > c.refused || speed < c.speed {
					t.Errorf("%d at once, at most %d, %d refused, %.2f of its speed", client.gate.settled, f.most.Load(), f.refused.Load(), speed)
				}
			})
		})
	}
}

// TestInFlightFixed: a number that is given stands, whatever the server takes.
func TestInFlightFixed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{slots: make(chan struct{}, 99)}
		client, took := run(t, f, 300, 40, 3)
		if client.InFlight() != 3 || f.most.Load() != 3 || took > 11*time.Second {
			t.Errorf("%d at once, at most %d, %v", client.InFlight(), f.most.Load(), took)
		}
	})
}

// TestInFlightIdle: where callers do not use what they may, nothing is learned from it.
func TestInFlightIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{slots: make(chan struct{}, 99)}
		client, _ := run(t, f, 300, 2, 0)
		if client.InFlight() > 3 || client.gate.settled > 2 {
			t.Errorf("%d at once, %d settled, of two callers", client.InFlight(), client.gate.settled)
		}
	})
}

// TestGateCancelled: who gives up waiting leaves no place taken.
func TestGateCancelled(t *testing.T) {
	g := newGate(2)
	var all sync.WaitGroup
	for i := range 200 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%7)*100*time.Microsecond)
		all.Go(func() {
			defer cancel()
			switch err := g.take(ctx); {
			case err == nil:
				time.Sleep(50 * time.Microsecond)
				g.give(time.Now(), 0)
			case !errors.Is(err, context.DeadlineExceeded):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if g.running != 0 || len(g.waiting) != 0 {
		t.Errorf("%d under way, %d wait", g.running, len(g.waiting))
	}
}
