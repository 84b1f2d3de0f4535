// Command ragner finds entities in text with a local language model that is shown similar annotated sentences and the
// ontology terms of each input. It holds flags, files, progress and exit codes; the work is done by the packages.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/ragner/ragner/index/mapped"
)

// streams are where a command reads and writes: data to out, everything else to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

func main() { os.Exit(program()) }

// program runs the command line of the process. A first interrupt stops in order, a second one at once.
func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, s streams) (code int) {
	debug.SetPanicOnFault(true) // of this goroutine, until the process ends
	defer func() {
		if bug := recover(); mapped.IsFault(bug) {
			fmt.Fprintln(s.err, "ragner: the index is damaged: a file was cut, or cannot be read, while it was open; rebuild it with: ragner index")
			code = exitIndex
		} else if bug != nil {
			fmt.Fprintln(s.err, "ragner:", panicked(bug))
			code = exitFailed
		}
	}()
	root := newRoot(s)
	root.SetArgs(repeatFlags(args))
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	code = exitCode(err)
	fmt.Fprintln(s.err, "ragner:", message(err))
	if hint := hintFor(code, cmd.CommandPath(), err); hint != "" {
		fmt.Fprintln(s.err, hint)
	}
	return code
}
