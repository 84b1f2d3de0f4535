package main

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// panicked makes an error of a panic, with the places in ragner that led to it, for a report. The panic's own words
// are told only where they are the runtime's, which quote numbers, never text.
func panicked(bug any) error {
	what := fmt.Sprintf("%T", bug)
	if e, ok := bug.(runtime.Error); ok {
		what = e.Error()
	}
	return fmt.Errorf("a mistake in ragner, please report it: %s at %s", what, strings.Join(places(), " < "))
}

// places are the innermost calls of ragner's own code below a panic.
func places() []string {
	counters := make([]uintptr, 64)
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters)])
	var list []string
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "ragner") && !strings.HasSuffix(frame.File, "cmd/ragner/panic.go") {
			list = append(list, fmt.Sprintf("%s:%d", path.Base(frame.File), frame.Line))
		}
		if !more || len(list) == 5 {
			return list
		}
	}
}
