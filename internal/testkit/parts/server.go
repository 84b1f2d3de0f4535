package parts

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

const (
	// startPatience covers the slowest start: the first one on a machine copies
	// every model into the server's own store.
	startPatience = 5 * time.Minute
	// stopPatience is how long a server may take to end before it is killed.
	stopPatience = 10 * time.Second
)

// server is a running scripts/ollama-up.sh with its Ollama and Ollama's model
// runners, all in one process group.
type server struct {
	url  string
	cmd  *exec.Cmd
	done chan struct{} // closed once the script has ended
}

// start runs the script and returns once it has printed the server's URL.
func start(script string, models []string) (*server, error) {
	var complaints bytes.Buffer
	cmd := exec.Command(script, models...)
	cmd.Stderr = &complaints
	inOwnGroup(cmd)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start ollama: %w", err)
	}
	s := &server{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go s.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start ollama: %w", err)
	}
	s.url, err = firstLine(stdout)
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("start ollama: %w: %s", err, complaints.String())
	}
	return s, nil
}

// run starts the script and waits for its end on one locked thread. Linux sends
// the death signal of inOwnGroup when the thread that started the process ends,
// so that thread has to last as long as the process.
func (s *server) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	err := s.cmd.Start()
	started <- err
	if err == nil {
		// The script always ends by a signal: its status says nothing.
		_ = s.cmd.Wait()
	}
}

// stop ends the whole process group, gently first.
func (s *server) stop() {
	terminateGroup(s.cmd)
	select {
	case <-s.done:
	case <-time.After(stopPatience):
	}
	// Also after a gentle end: it takes along whatever the script left behind.
	killGroup(s.cmd)
	<-s.done
}

// firstLine waits for the one line that the script prints.
func firstLine(from io.Reader) (string, error) {
	type result struct {
		line string
		err  error
	}
	got := make(chan result, 1)
	go func() {
		line, err := bufio.NewReader(from).ReadString('\n')
		got <- result{strings.TrimSpace(line), err}
	}()
	select {
	case r := <-got:
		if r.err != nil {
			return "", fmt.Errorf("no server came up: %w", r.err)
		}
		return r.line, nil
	case <-time.After(startPatience):
		return "", errors.New("no server came up in time")
	}
}
