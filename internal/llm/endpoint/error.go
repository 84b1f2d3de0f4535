// Package endpoint carries calls to a model server over HTTP: consent for servers elsewhere, deadlines,
// retries, a circuit breaker and errors that say what can be done. It knows no server's protocol; llm and
// embed speak those through it.
package endpoint

import (
	"fmt"
	"net/http"
	"time"
)

// Kind says what went wrong, as far as a caller may want to act on it.
type Kind string

// The kinds of failure.
const (
	Unreachable     Kind = "unreachable"      // no connection to the server
	NoModel         Kind = "no-model"         // the server has no such model
	Overloaded      Kind = "overloaded"       // busy, loading or failing: 429 and 5xx
	Timeout         Kind = "timeout"          // no complete answer in time
	Incomplete      Kind = "incomplete"       // the answer broke off, or ran into its limit of tokens
	BadAnswer       Kind = "bad-answer"       // not what this protocol's server answers
	Refused         Kind = "refused"          // 4xx, a redirect, or no consent for a server elsewhere
	ContextOverflow Kind = "context-overflow" // the prompt does not fit the model's context
)

// Error is a failed call. Its text never quotes what was sent.
type Error struct {
	Kind   Kind
	Status int           // HTTP status; 0 when there was none
	Err    error         // the cause, with the server's own message
	After  time.Duration // the server's Retry-After; 0 when it gave none
	Again  bool          // the same call may succeed a little later
	Tries  int           // attempts that were made; 0: the call was turned away
	Final  bool          // the server has been given up: see Options.GiveUpAfter
}

// Error says kind, status and cause.
func (e *Error) Error() string {
	what := string(e.Kind)
	if e.Status >= 300 {
		what = fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Tries > 1 {
		return fmt.Sprintf("model server: %s: %v (%d attempts)", what, e.Err, e.Tries)
	}
	return fmt.Sprintf("model server: %s: %v", what, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fatal reports whether no other call can succeed until someone changes something: the server is not there,
// has not the model, wants another key, has no consent, or has been given up.
func (e *Error) Fatal() bool {
	if e.Final {
		return true
	}
	switch e.Kind {
	case Unreachable, NoModel:
		return true
	case Refused:
		switch e.Status {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			return false // this request was at fault
		}
		return true
	}
	return false
}

// ofServer reports whether the failure speaks of the server rather than of this one request.
func (e *Error) ofServer() bool {
	switch e.Kind {
	case Overloaded, Timeout, BadAnswer:
		return true
	case Incomplete:
		return e.Again // the connection broke; not a model that ran in a loop
	}
	return false
}

// Usable reports whether the server may still answer another call.
func (e *Error) Usable() bool { return !e.Fatal() }

// Errorf makes an Error of a kind.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}
