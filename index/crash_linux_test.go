package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	crashDir   = "RAGNER_TEST_BUILD"      // tells the test program to build an index here, and nothing else
	crashLimit = "RAGNER_TEST_FILE_LIMIT" // bytes that a file may have
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		os.Exit(buildInChild(dir))
	}
	os.Exit(m.Run())
}

// buildInChild adds to the index in dir; past the limit the system fails every write.
func buildInChild(dir string) int {
	if limit, err := strconv.ParseUint(os.Getenv(crashLimit), 10, 64); err == nil {
		signal.Ignore(unix.SIGXFSZ)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println(err)
			return 2
		}
	}
	o := sampleOptions()
	o.Add = true
	if _, err := Build(context.Background(), dir, Input{Corpora: []Corpus{corpus("more", generated(400)...)}}, o); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func child(dir string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), crashDir+"="+dir), env...)
	return cmd
}

// TestKilledBuilds kills builds at random moments: there is a sound index at any time, and the next build works.
func TestKilledBuilds(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	killed := 0
	for range 12 {
		cmd := child(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if cmd.Wait() != nil {
			killed++
		}
		if err := errors.Join(use(dir, OpenOptions{}), Check(dir)); err != nil {
			t.Fatalf("after a kill: %v; %v", err, entries(t, dir))
		}
	}
	if killed == 0 {
		t.Error("no build was killed in its course")
	}
	if out, err := child(dir).CombinedOutput(); err != nil {
		t.Fatalf("the build after the kills: %v\n%s", err, out)
	}
	for _, name := range entries(t, dir) {
		if strings.HasSuffix(name, asideSuffix) {
			t.Errorf("%s is left over", name)
		}
	}
}

// TestFailingWrites lets the disk "fill up" at several sizes: the build says so and the old index stays in use.
func TestFailingWrites(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	failed := 0
	for limit := 16; limit < 1<<17; limit *= 3 {
		before, err := readCurrent(dir)
		if err != nil {
			t.Fatal(err)
		}
		out, err := child(dir, crashLimit+"="+strconv.Itoa(limit)).CombinedOutput()
		after, readErr := readCurrent(dir)
		if readErr != nil || err != nil && after != before {
			t.Fatalf("limit %d: %v; %v", limit, err, readErr)
		}
		if err != nil {
			failed++
			if !strings.Contains(string(out), "file too large") {
				t.Errorf("limit %d: the build says %q", limit, out)
			}
		}
		if err := Check(dir); err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
	}
	if failed < 4 {
		t.Errorf("%d builds failed only", failed)
	}
}
