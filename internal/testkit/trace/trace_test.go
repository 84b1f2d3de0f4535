//go:build linux && amd64

package trace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const workIn = "RAGNER_TEST_TRACED" // tells the test program to work in this folder, and nothing else

func TestMain(m *testing.M) {
	if dir := os.Getenv(workIn); dir != "" {
		if err := work(dir); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// work makes seven changes.
func work(dir string) error {
	aside, path := filepath.Join(dir, "sub", "f.tmp"), filepath.Join(dir, "sub", "f")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(aside)
	if err != nil {
		return err
	}
	_, err = f.WriteString("0123456789")
	if err := errors.Join(err, f.Truncate(8), f.Sync(), f.Close(), os.Rename(aside, path)); err != nil {
		return err
	}
	return os.Remove(path)
}

var changes = []Change{
	{"mkdir", "sub", ""},
	{"create", "sub/f.tmp", ""},
	{"write", "sub/f.tmp", ""},
	{"cut", "sub/f.tmp", ""},
	{"sync", "sub/f.tmp", ""},
	{"rename", "sub/f", "sub/f.tmp"},
	{"remove", "sub/f", ""},
}

func run(t *testing.T, p Plan) (string, Outcome) {
	t.Helper()
	p.Folder = t.TempDir()
	p.Env = []string{workIn + "=" + p.Folder}
	out, err := Run(p, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return p.Folder, out
}

func TestWatch(t *testing.T) {
	_, out := run(t, Plan{})
	if !slices.Equal(out.Changes, changes) || out.Code != 0 || out.Killed || out.Output != "" {
		t.Errorf("%+v", out)
	}
}

func TestKillAndTear(t *testing.T) {
	for at := range changes {
		for _, fate := range []Fate{Kill, Tear} {
			dir, out := run(t, Plan{Fate: fate, At: at + 1})
			if !out.Killed || out.Code != -1 || !slices.Equal(out.Changes, changes[:at+1]) {
				t.Fatalf("change %d: %+v", at+1, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "sub", "f")); (err == nil) != (at == 6) {
				t.Errorf("killed at %d: %v", at+1, err)
			}
			want := map[Fate]int{Kill: 0, Tear: 5}[fate]
			if data, err := os.ReadFile(filepath.Join(dir, "sub", "f.tmp")); at == 2 && (err != nil || len(data) != want) {
				t.Errorf("the write was torn to %d bytes, %v; want %d", len(data), err, want)
			}
		}
	}
	if _, out := run(t, Plan{Fate: Kill, At: len(changes) + 1}); out.Killed || out.Code != 0 {
		t.Errorf("no change was left to be killed at, but %+v", out)
	}
}

func TestFail(t *testing.T) {
	for at := range changes {
		_, out := run(t, Plan{Fate: Fail, At: at + 1, Errno: unix.EIO})
		if out.Code != 3 || out.Killed || !strings.Contains(out.Output, "input/output error") {
			t.Errorf("change %d failed: %+v", at+1, out)
		}
	}
	_, out := run(t, Plan{Fate: Full, At: 2, Errno: unix.ENOSPC})
	if len(out.Changes) != 2 || out.Code != 3 || !strings.Contains(out.Output, "no space left") {
		t.Errorf("the disk was full: %+v", out)
	}
}
