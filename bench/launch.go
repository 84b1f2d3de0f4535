package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A process inherits, as the kernel counts, the peak memory of the one that started it. So processes are started by
// a second bench that holds next to nothing: it reads jobs from standard input and answers each with its usage.

// job is one run of a program.
type job struct {
	Program string
	Args    []string
	Input   string
}

// usage is what a run took.
type usage struct {
	Seconds   float64 // from start to exit
	Processor float64 // seconds, of all threads
	Megabytes float64 // peak of resident memory, mapped files included
	Failure   string
}

// launcher is the running second bench.
type launcher struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	to  *json.Encoder
	out *json.Decoder
}

func startLauncher(ctx context.Context) (*launcher, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-launch")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &launcher{cmd, in, json.NewEncoder(in), json.NewDecoder(out)}, cmd.Start()
}

func (l *launcher) run(j job) (u usage, err error) {
	if err := errors.Join(l.to.Encode(j), l.out.Decode(&u)); err != nil {
		return u, fmt.Errorf("start a process: %w", err)
	}
	if u.Failure != "" {
		return u, fmt.Errorf("%s %s: %s", j.Program, j.Args[0], u.Failure)
	}
	return u, nil
}

func (l *launcher) stop() error { return errors.Join(l.in.Close(), l.cmd.Wait()) }

// launch is the second bench.
func launch(ctx context.Context, in io.Reader, out io.Writer) error {
	jobs, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var j job
		if err := jobs.Decode(&j); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := answers.Encode(j.run(ctx)); err != nil {
			return err
		}
	}
}

func (j job) run(ctx context.Context) usage {
	cmd := exec.CommandContext(ctx, j.Program, j.Args...)
	cmd.Stdin = strings.NewReader(j.Input)
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = io.Discard, &stderr
	start := time.Now()
	err := cmd.Run()
	u := usage{Seconds: time.Since(start).Seconds()}
	if err != nil {
		u.Failure = fmt.Sprintf("%v: %s", err, stderr.String())
		return u
	}
	u.Processor = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	u.Megabytes = peakMemory(cmd.ProcessState) / 1e6
	return u
}
