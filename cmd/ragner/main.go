// Command ragner finds entities in text with a local language model that is shown similar annotated sentences and the
// ontology terms of each input. It holds flags, files, progress and exit codes; the work is done by the packages.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// streams are where a command reads and writes: data to out, everything else to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(repeatFlags(args))
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitCode(err)
	if message := err.Error(); message != "" {
		fmt.Fprintln(s.err, "ragner:", message)
	}
	if hint := hintFor(code, err); hint != "" {
		fmt.Fprintln(s.err, hint)
	}
	return code
}
