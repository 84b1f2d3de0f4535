//go:build linux && amd64

// Package trace runs a program and counts every change that it makes to the files of a folder, as the system sees it: a
// write, a sync, a rename, a file made, cut or removed. At a given one it kills the program, in the middle of the write if
// asked, or fails the call. It is for tests of what survives; it needs ptrace, and so Linux.
package trace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Fate is what happens at a change.
type Fate int

// The fates.
const (
	Watch Fate = iota // nothing: the changes are counted
	Kill              // SIGKILL before the call
	Tear              // SIGKILL after half of a write; before any other call
	Fail              // the call fails
	Full              // it fails, and every later write too, as on a full disk
)

// Plan says which change of a program meets which fate.
type Plan struct {
	Folder string        // absolute; what is changed elsewhere does not count
	Fate   Fate          // at change At
	At     int           // counted from 1 over all threads
	Errno  syscall.Errno // of Fail and Full
	Env    []string      // of the program, besides the test's own
	Limit  int           // processors that the program may use (GOMAXPROCS); 0: as it likes
}

// Change is one change to the folder's files.
type Change struct {
	Call string // "write", "sync", "rename", "create", "cut", "mkdir", "remove"
	Path string // relative to the folder, of a rename the new one
	From string // of a rename the old one
}

// Outcome is how the program ended.
type Outcome struct {
	Changes []Change // those that were begun
	Killed  bool     // by the plan
	Code    int      // exit code; −1 when a signal ended it
	Output  string   // standard output and error
}

// Run runs a program to its end. The error is of tracing, never of the program.
func Run(p Plan, program string, args ...string) (Outcome, error) {
	runtime.LockOSThread() // all requests must come from the thread that started the program
	defer runtime.UnlockOSThread()
	out, err := os.CreateTemp("", "trace")
	if err != nil {
		return Outcome{}, err
	}
	defer out.Close()
	defer func() { _ = os.Remove(out.Name()) }()
	t := &tracer{Plan: p, inside: map[int]bool{}, pending: map[int]func(*unix.PtraceRegs){}}
	if err := t.start(out, program, args); err != nil {
		return Outcome{}, fmt.Errorf("trace %s: %w", program, err)
	}
	if err := t.loop(); err != nil {
		return t.Outcome, errors.Join(fmt.Errorf("trace %s: %w", program, err), syscall.Kill(-t.group, syscall.SIGKILL))
	}
	text, err := os.ReadFile(out.Name())
	t.Output = string(text)
	return t.Outcome, err
}

type tracer struct {
	Plan
	Outcome
	group   int
	inside  map[int]bool                   // by thread: between the beginning and the end of a call
	pending map[int]func(*unix.PtraceRegs) // by thread: what to do at the call's end
	doomed  bool
}

func (t *tracer) start(out *os.File, program string, args []string) error {
	env := append(os.Environ(), t.Env...)
	if t.Limit > 0 {
		env = append(env, fmt.Sprint("GOMAXPROCS=", t.Limit))
	}
	process, err := os.StartProcess(program, append([]string{program}, args...), &os.ProcAttr{
		Env: env, Files: []*os.File{nil, out, out}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true},
	})
	if err != nil {
		return err
	}
	t.group = process.Pid
	if err := process.Release(); err != nil {
		return err
	}
	if _, err := unix.Wait4(t.group, nil, unix.WALL, nil); err != nil { // the stop at exec
		return err
	}
	options := unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(t.group, options); err != nil {
		return err
	}
	return unix.PtraceSyscall(t.group, 0)
}

// loop lets every thread run from stop to stop until the program has ended.
func (t *tracer) loop() error {
	for {
		var status unix.WaitStatus
		thread, err := unix.Wait4(-t.group, &status, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case status.Exited() || status.Signaled():
			if thread != t.group {
				continue
			}
			t.Code = status.ExitStatus()
			return nil
		}
		if err := t.stopped(thread, status); err != nil && !errors.Is(err, unix.ESRCH) { // ESRCH: killed meanwhile
			return err
		}
	}
}

// stopped handles one stop of a thread and lets it go on.
func (t *tracer) stopped(thread int, status unix.WaitStatus) error {
	signal := status.StopSignal()
	switch signal {
	case unix.SIGTRAP | 0x80:
		if err := t.call(thread); err != nil {
			return err
		}
		if t.doomed {
			return nil // SIGKILL has been sent
		}
		signal = 0
	case unix.SIGTRAP, unix.SIGSTOP: // a thread was made, or it begins
		signal = 0
	}
	return unix.PtraceSyscall(thread, int(signal))
}

// call handles the beginning or the end of a system call.
func (t *tracer) call(thread int) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(thread, &regs); err != nil {
		return err
	}
	begins := !t.inside[thread]
	t.inside[thread] = begins
	if !begins {
		if end := t.pending[thread]; end != nil {
			delete(t.pending, thread)
			end(&regs)
			return unix.PtraceSetRegs(thread, &regs)
		}
		return nil
	}
	change, ok := t.change(thread, &regs)
	if !ok {
		return nil
	}
	t.Changes = append(t.Changes, change)
	return t.meet(thread, change, &regs)
}

// meet gives a change its fate.
func (t *tracer) meet(thread int, c Change, regs *unix.PtraceRegs) error {
	at := len(t.Changes)
	switch {
	case t.Fate == Full && at >= t.At && c.takesRoom(), t.Fate == Fail && at == t.At:
		regs.Orig_rax = ^uint64(0) // no such call
		t.pending[thread] = func(r *unix.PtraceRegs) { r.Rax = uint64(-int64(t.Errno)) }
		return unix.PtraceSetRegs(thread, regs)
	case t.Fate == Tear && at == t.At && c.Call == "write" && regs.Rdx > 1:
		regs.Rdx /= 2 // the count of bytes, for write and pwrite
		t.pending[thread] = func(*unix.PtraceRegs) { t.kill() }
		return unix.PtraceSetRegs(thread, regs)
	case (t.Fate == Kill || t.Fate == Tear) && at == t.At:
		t.kill()
	}
	return nil
}

func (t *tracer) kill() {
	t.doomed, t.Killed = true, true
	_ = syscall.Kill(t.group, syscall.SIGKILL)
}

// takesRoom reports a call that a full disk refuses.
func (c Change) takesRoom() bool { return c.Call == "write" || c.Call == "create" || c.Call == "mkdir" }

// change is the change to the folder's files that a call is about to make.
func (t *tracer) change(thread int, regs *unix.PtraceRegs) (Change, bool) {
	c := Change{}
	var path string
	switch regs.Orig_rax {
	case unix.SYS_WRITE, unix.SYS_PWRITE64:
		c.Call, path = "write", t.open(thread, regs.Rdi)
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		c.Call, path = "sync", t.open(thread, regs.Rdi)
	case unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE:
		c.Call, path = "cut", t.open(thread, regs.Rdi)
	case unix.SYS_OPENAT:
		if regs.Rdx&(unix.O_CREAT|unix.O_TRUNC) == 0 {
			return c, false
		}
		c.Call, path = "create", t.at(thread, regs.Rdi, regs.Rsi)
	case unix.SYS_MKDIRAT:
		c.Call, path = "mkdir", t.at(thread, regs.Rdi, regs.Rsi)
	case unix.SYS_UNLINKAT:
		c.Call, path = "remove", t.at(thread, regs.Rdi, regs.Rsi)
	case unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2:
		c.Call, path = "rename", t.at(thread, regs.Rdx, regs.R10)
		c.From = strings.TrimPrefix(t.at(thread, regs.Rdi, regs.Rsi), t.Folder+"/")
	default:
		return c, false
	}
	inside := path == t.Folder || strings.HasPrefix(path, t.Folder+"/")
	c.Path = strings.TrimPrefix(strings.TrimPrefix(path, t.Folder), "/")
	return c, inside
}
