package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/llm"
)

// The exit codes, as the README states them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartial = 3 // done, but some inputs failed
	exitModel   = 4 // the model server could not be used
	exitIndex   = 5 // the index is damaged or does not match
)

// usageError is a wrong command line or configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// partialError says that the work is done except for some inputs or rows, each of which has been named.
type partialError struct {
	failed int
	what   string // one of them
}

func (e partialError) Error() string {
	if e.failed == 1 {
		return "1 " + e.what + " failed; it is named above"
	}
	return fmt.Sprintf("%d %ss failed; they are named above", e.failed, e.what)
}

// partial is nil when nothing failed.
func partial(failed int) error { return partialOf("input", failed) }

func partialOf(what string, failed int) error {
	if failed == 0 {
		return nil
	}
	return partialError{failed, what}
}

func exitCode(err error) int {
	var usage usageError
	var some partialError
	var model *llm.Error
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, index.ErrCorrupt), errors.Is(err, index.ErrMismatch):
		return exitIndex
	case errors.As(err, &model):
		return exitModel
	case errors.As(err, &some):
		return exitPartial
	}
	return exitFailed
}

// hintFor says what to do next, where the error itself does not. command is the one that failed.
func hintFor(code int, command string, err error) string {
	var told problemError
	switch code {
	case exitModel:
		if errors.As(err, &told) {
			return ""
		}
		return "look with: ragner doctor"
	case exitUsage:
		return "see: " + command + " --help"
	}
	return ""
}

// message is what the user is told of an error.
func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "stopped"
	}
	return err.Error()
}

// release closes what was only read: an error then has nothing to spoil.
func release(c io.Closer) { _ = c.Close() }
