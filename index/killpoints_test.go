//go:build linux && amd64

package index

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ragner/ragner/internal/testkit/torture"
	"github.com/ragner/ragner/internal/testkit/trace"
)

// TestKilledAtEveryChange kills builds at each write, sync, rename and other change of a file: before it, in the middle of
// a write, and before it with everything lost that was not synced, as when the power fails. The old index or the new one
// must be there, whole; the next build must leave nothing behind. The short version tries the last change of each kind.
func TestKilledAtEveryChange(t *testing.T) {
	kills, torn, lost := 0, 0, 0
	for _, kind := range buildKinds {
		t.Run(kind, func(t *testing.T) {
			k := newKilling(t, kind)
			for at, c := range k.changes(t) {
				if k.try(t, trace.Plan{Fate: trace.Kill, At: at}, &lost).Killed {
					kills++
				}
				if c.Call == "write" && k.try(t, trace.Plan{Fate: trace.Tear, At: at}, nil).Killed {
					torn++
				}
			}
		})
	}
	if kills < 10 || torn < 2 || lost < 2 {
		t.Errorf("only %d kills, %d in the middle of a write, %d with a loss", kills, torn, lost)
	}
	torture.Report(t, "%d kills before a write, sync, rename or other change, %d in the middle of a write; after %d what was not synced was lost, too; 0 losses", kills, torn, lost)
}

// TestFailingCalls fails each of the same calls: with an input/output error, and with that of a disk which is full from
// then on. The build says so, or succeeds where the call does not matter; what was in use still is.
func TestFailingCalls(t *testing.T) {
	failed, harmless := 0, 0
	for _, kind := range buildKinds {
		t.Run(kind, func(t *testing.T) {
			k := newKilling(t, kind)
			for at := range k.changes(t) {
				for _, p := range []trace.Plan{{Fate: trace.Fail, At: at, Errno: unix.EIO}, {Fate: trace.Full, At: at, Errno: unix.ENOSPC}} {
					out := k.try(t, p, nil)
					if len(out.Changes) < at || p.Fate == trace.Full && out.Code == 0 {
						continue // this build made fewer changes; the disk was full for none of them
					}
					failed++
					if out.Code == 0 {
						harmless++
					} else if out.Code != 1 || !strings.Contains(out.Output, p.Errno.Error()) || strings.Contains(out.Output, "goroutine ") {
						t.Errorf("%v at %s: %s", p.Errno, last(out), out.Output)
					}
				}
			}
		})
	}
	if failed < 20 || harmless > failed/4 {
		t.Errorf("%d calls failed, %d of them without a word", failed, harmless)
	}
	torture.Report(t, "%d builds with a failing call (EIO once, ENOSPC from then on), %d of which did not need it; 0 losses", failed, harmless)
}

// killing tries one kind of build again and again, each time from the same index.
type killing struct {
	kind, url, before, old, want string // before: a folder with the index as it was; old, want: portraits
	server                       *wordServer
	docs                         int
}

func newKilling(t *testing.T, kind string) *killing {
	k := &killing{kind: kind, before: filepath.Join(t.TempDir(), "before"), docs: 6}
	if kind != "first" {
		build(t, k.before, sampleInput(t), sampleOptions())
		k.old = portrait(t, k.before)
	}
	if kind == "cache" {
		k.server = newWordServer(t)
		k.url = k.server.URL
	}
	k.want = finished(t, kind, k.url, k.docs)
	return k
}

// changes are those of an undisturbed build by number: all of them, or the last one of each call in the short version.
func (k *killing) changes(t *testing.T) iter.Seq2[int, trace.Change] {
	t.Helper()
	dir := k.copied(t)
	out := k.run(t, dir, trace.Plan{})
	if out.Code != 0 || portrait(t, dir) != k.want {
		t.Fatalf("undisturbed: %+v", out)
	}
	return func(yield func(int, trace.Change) bool) {
		for i, c := range out.Changes {
			alike := func(o trace.Change) bool { return o.Call == c.Call }
			if (torture.Long || !slices.ContainsFunc(out.Changes[i+1:], alike)) && !yield(i+1, c) {
				return
			}
		}
	}
}

// copied is a new folder with the index as it was.
func (k *killing) copied(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err == nil && k.kind != "first" {
		err = os.CopyFS(dir, os.DirFS(k.before))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (k *killing) run(t *testing.T, dir string, p trace.Plan) trace.Outcome {
	t.Helper()
	p.Folder = dir
	p.Env = []string{crashDir + "=" + dir, crashKind + "=" + k.kind, crashURL + "=" + k.url, fmt.Sprint(crashTexts, "=", k.docs)}
	out, err := trace.Run(p, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// try disturbs a build as planned, looks at what is left, and builds again; with lost, it also takes away what was not synced.
func (k *killing) try(t *testing.T, p trace.Plan, lost *int) trace.Outcome {
	t.Helper()
	dir := k.copied(t)
	defer os.RemoveAll(dir)
	out := k.run(t, dir, p)
	k.sound(t, dir, out)
	if lost != nil && out.Killed && k.forget(t, dir, out.Changes[:len(out.Changes)-1]) > 0 {
		*lost++
		k.sound(t, dir, out)
	}
	if err := buildKind(k.kind, dir, k.url, k.docs); err != nil {
		t.Fatalf("the build after one that ended at %s: %v", last(out), err)
	}
	if portrait(t, dir) != k.want {
		t.Fatalf("the build after one that ended at %s made another index", last(out))
	}
	noLeftovers(t, dir)
	return out
}

func last(out trace.Outcome) string {
	if len(out.Changes) == 0 {
		return "its beginning"
	}
	return fmt.Sprintf("change %d %+v, exit code %d", len(out.Changes), out.Changes[len(out.Changes)-1], out.Code)
}

// sound: the old index or the new one is there, whole. Where there was none, there may be none.
func (k *killing) sound(t *testing.T, dir string, out trace.Outcome) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, currentName)); errors.Is(err, fs.ErrNotExist) && k.kind == "first" {
		return
	}
	if got := portrait(t, dir); got != k.want && got != k.old || out.Code == 0 && got != k.want {
		t.Fatalf("after %s the index is neither the old nor the new one", last(out))
	}
}

// forget empties the files that were written and not synced since, and gives their number: the least that a loss of power
// may leave of them. bbolt's file, which writes over what it has synced, is left alone.
func (k *killing) forget(t *testing.T, dir string, changes []trace.Change) int {
	t.Helper()
	dirty := map[string]bool{}
	for _, c := range changes {
		switch c.Call {
		case "write", "create", "cut":
			dirty[c.Path] = true
		case "sync", "remove":
			delete(dirty, c.Path)
		case "rename":
			for path := range maps.Clone(dirty) {
				if rest, inside := strings.CutPrefix(path, c.From); inside && (rest == "" || rest[0] == '/') {
					delete(dirty, path)
					dirty[c.Path+rest] = true
				}
			}
		}
	}
	forgotten := 0
	for path := range dirty {
		if filepath.Base(path) == CacheName || path == lockName || os.Truncate(filepath.Join(dir, path), 0) != nil {
			continue // removed with its folder
		}
		forgotten++
	}
	return forgotten
}
