package endpoint

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func newTestHealth(change func(*Options)) *health {
	o := Options{Patience: time.Hour, GiveUpAfter: 3}
	change(&o)
	h := newHealth(o.withDefaults())
	h.canTry = true
	return &h
}

func failure(kind Kind, again bool) *Error {
	e := Errorf(kind, "down")
	e.Again, e.Tries = again, 1
	return e
}

// A server that was never there is given up after three failures; one that has answered is waited for.
func TestPatience(t *testing.T) {
	h := newTestHealth(func(*Options) {})
	for n := range firstContact {
		if h.unreachable(failure(Unreachable, true)) {
			t.Error("waits for a server that was never there")
		}
		if given := h.open() != nil; given != (n+1 == firstContact) {
			t.Errorf("given up after %d failures: %v", n+1, given)
		}
	}
	h.until = time.Now().Add(-time.Second)
	if h.open() != nil {
		t.Error("still given up after the cool-down")
	}
	h.answers()
	for range 10 {
		if !h.unreachable(failure(Unreachable, true)) {
			t.Fatal("does not wait")
		}
	}
	h.since = time.Now().Add(-2 * time.Hour)
	if h.unreachable(failure(Unreachable, true)) || h.open() == nil || !strings.Contains(h.open().Error(), "answered before") {
		t.Errorf("waits for ever, or says %v", h.open())
	}
	h.until = time.Time{}
	h.answers()
	if !h.unreachable(failure(Unreachable, true)) {
		t.Error("a server that came back is not waited for")
	}
}

// The retries of a run stay in proportion to its answers.
func TestRetryBudget(t *testing.T) {
	h := newTestHealth(func(o *Options) { o.RetryShare = 0.5 })
	granted := func(times int) (n int) {
		for range times {
			if h.mayRetry() {
				n++
			}
		}
		return n
	}
	if n := granted(100); n != reserve {
		t.Errorf("%d retries without an answer", n)
	}
	for range 6 {
		h.doubtful(nil)
	}
	if n := granted(100); n != 3 {
		t.Errorf("%d retries for 6 answers", n)
	}
	for range 1000 {
		h.doubtful(nil)
	}
	if n := granted(100); n != reserve {
		t.Errorf("%d retries were saved up", n)
	}
}

// Failures in a row that speak of the server lead to a trial, and that decides.
func TestGivingUp(t *testing.T) {
	h := newTestHealth(func(*Options) {})
	for range 20 {
		if h.doubtful(failure(Refused, false)) || h.doubtful(failure(ContextOverflow, false)) || h.doubtful(failure(Incomplete, false)) {
			t.Fatal("a request's own fault speaks against the server")
		}
	}
	fail := func() (tries int) {
		for range 3 {
			if h.doubtful(failure(Overloaded, true)) {
				tries++
			}
		}
		return tries
	}
	if n := fail(); n != 1 {
		t.Fatalf("%d trials after three failures", n)
	}
	cause := failure(Overloaded, true)
	if err := h.tried(cause, nil); !errors.Is(err, cause) || cause.Fatal() || h.open() != nil {
		t.Errorf("a trial that went well: %v", err)
	}
	fail()
	var final *Error
	if err := h.tried(cause, errors.New("x")); !errors.As(err, &final) || !final.Fatal() || final.Kind != Overloaded || h.open() == nil {
		t.Errorf("a trial that failed: %v", err)
	}
	if h.doubtful(nil); h.open() != nil {
		t.Error("an answer does not count")
	}
}
