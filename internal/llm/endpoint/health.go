package endpoint

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// reserve is how many retries a client begins with, and the most that it saves up.
	reserve = 10
	// firstContact is how many failures to connect in a row show that a server that has never answered is not there.
	firstContact = 3
	// coolDown is how long a server that was given up is left alone before a call is let through again.
	coolDown = 5 * time.Second
)

// health is what all calls of a client have learned of their server. It decides what one call cannot know: whether another
// retry is still in proportion, whether to wait for a server that restarts, and when to give up.
type health struct {
	mu       sync.Mutex
	options  Options
	answered bool      // it has answered at all, well or badly
	refused  int       // failures to connect in a row
	since    time.Time // the first of them
	failed   int       // calls in a row that the server failed
	canTry   bool      // the client has a trial
	trying   bool      // it is under way
	budget   float64   // of retries
	last     *Error    // why it was given up; nil: it was not
	until    time.Time // when it is asked again
}

func newHealth(o Options) health { return health{options: o, budget: reserve} }

// open is why the server was given up, while calls are turned away, else nil.
func (h *health) open() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil || time.Now().After(h.until) {
		return nil
	}
	turned := *h.last
	turned.Tries = 0
	return &turned
}

// answers notes that the server is there.
func (h *health) answers() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answered, h.refused = true, 0
}

// unreachable notes a failure to connect, and reports whether to wait for the server.
func (h *health) unreachable(failed *Error) (wait bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refused++; h.refused == 1 {
		h.since = time.Now()
	}
	gone := time.Since(h.since)
	switch {
	case h.answered && gone < h.options.Patience:
		return true
	case h.answered:
		failed.Err = fmt.Errorf("%w; it has answered before, and was waited for", failed.Err)
		h.giveUp(*failed)
	case h.refused >= firstContact:
		h.giveUp(*failed)
	}
	return false
}

func (h *health) giveUp(failed Error) {
	h.last, h.until = &failed, time.Now().Add(coolDown)
}

// mayRetry takes one retry from the budget, where there is one.
func (h *health) mayRetry() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.budget < 1 {
		return false
	}
	h.budget--
	return true
}

// doubtful notes how a call ended, and reports whether the server must now be tried by the caller.
func (h *health) doubtful(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	var failed *Error
	switch {
	case err == nil:
		h.failed, h.last = 0, nil
		h.budget = min(h.budget+max(h.options.RetryShare, 0), reserve)
		return false
	case !errors.As(err, &failed) || !failed.ofServer() || failed.Tries == 0:
		return false
	}
	h.failed++
	if h.failed < h.options.GiveUpAfter || h.trying || !h.canTry {
		return false
	}
	h.trying = true
	return true
}

// tried notes how the trial ended, and gives the error of the call that led to it.
func (h *health) tried(err, trial error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying = false
	var failed *Error
	if !errors.As(err, &failed) || trial == nil {
		h.failed = 0 // the server works: what failed were the requests
		return err
	}
	final := *failed
	final.Final, final.Again = true, false
	final.Err = fmt.Errorf("%w; so ended %d calls in a row, and a trial failed too: the server is given up", failed.Err, h.failed)
	h.giveUp(final)
	return &final
}
