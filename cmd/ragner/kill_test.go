//go:build linux && amd64

package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/internal/testkit/torture"
	tracing "github.com/ragner/ragner/internal/testkit/trace"
)

// fickle is a model whose answer depends on every letter of the prompt, so that other demonstrations show in the output.
func fickle(w *testkit.Wire) {
	time.Sleep(2 * time.Millisecond)
	w.Prompt = 2000
	sum := fnv.New32a()
	fmt.Fprint(sum, w.Body["messages"])
	mention := []string{"cystic fibrosis", "fibrosis", "cystic"}[sum.Sum32()%3]
	testkit.Answer("Disease: ", mention, "\n")(w)
}

// killedRun is a run of tag that is killed again and again and resumed each time.
type killedRun struct {
	program, folder, docs string
	server                *testkit.FaultServer
	flags                 []string
	cached                bool
	want                  []byte
	calls                 int // of an undisturbed run
}

const inFlight = 3 // calls at once

func newKilledRun(t *testing.T, sample string, docs int, cached bool, flags ...string) *killedRun {
	t.Helper()
	program, err := exec.LookPath("ragner") // this test program, as TestMain has installed it
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RAGNER_PROMPT_FORMAT", "lines")
	r := &killedRun{program: program, folder: t.TempDir(), docs: filepath.Join(t.TempDir(), "docs.jsonl"), cached: cached}
	r.server = testkit.NewFaultServer(t, fickle)
	var text bytes.Buffer
	for i := range docs {
		fmt.Fprintf(&text, `{"id":"d%d","text":"Case %d has cystic fibrosis and %s."}`+"\n", i, i, []string{"anaemia", "gout", "a cough"}[i%3])
	}
	if err := os.WriteFile(r.docs, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	r.flags = append([]string{
		"tag", "-i", filepath.Join(sample, "index"), "--model=m", "--url", r.server.URL, "--concurrency", fmt.Sprint(inFlight), r.docs,
	}, flags...)
	plain := filepath.Join(t.TempDir(), "want.jsonl")
	if out, err := exec.Command(r.program, append(slices.Clone(r.flags), "-o", plain)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r.want, err = os.ReadFile(plain); err != nil {
		t.Fatal(err)
	}
	if r.calls = len(r.server.Requests()); r.calls != docs || bytes.Count(r.want, []byte("Disease")) < docs/2 {
		t.Fatalf("%d calls for %d documents", r.calls, docs)
	}
	return r
}

func (r *killedRun) args() []string {
	args := append(slices.Clone(r.flags), "--resume", "-o", filepath.Join(r.folder, "out.jsonl"))
	if r.cached {
		args = append(args, "--cache", filepath.Join(r.folder, "answers"))
	}
	return args
}

// check: the output is there whole or not at all.
func (r *killedRun) check(t *testing.T, done bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, "out.jsonl"))
	switch {
	case done && err != nil:
		t.Fatal(err)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	case err == nil && !bytes.Equal(data, r.want):
		t.Fatalf("the output differs from that of an undisturbed run: %d bytes, want %d", len(data), len(r.want))
	}
	if r.cached && !done {
		if _, err := llm.InspectCache(filepath.Join(r.folder, "answers")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("the answer cache after a kill: %v", err)
		}
	}
}

// mayRepeat is how many calls a kill may cost. With shared demonstrations a call gives its turn to the next before its document
// is in the journal, so that besides those in flight some may have been answered for nothing where no cache has kept them.
func (r *killedRun) mayRepeat() int {
	if slices.Contains(r.flags, "--share") && !r.cached {
		return 2 * inFlight
	}
	return inFlight
}

// finish lets the run end, looks at what it has left and how often the model was asked, and begins anew.
func (r *killedRun) finish(t *testing.T, kills, before int) {
	t.Helper()
	_, journal := os.Stat(filepath.Join(r.folder, "out.jsonl"+journalSuffix))
	if _, err := os.Stat(filepath.Join(r.folder, "out.jsonl")); err != nil || journal == nil {
		if out, err := exec.Command(r.program, r.args()...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	} // else it was killed when all was done: another run would be a new one
	r.check(t, true)
	if asked := len(r.server.Requests()) - before; asked > r.calls+kills*r.mayRepeat() {
		t.Fatalf("%d calls with %d kills, an undisturbed run makes %d", asked, kills, r.calls)
	}
	left, err := os.ReadDir(r.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if e.Name() != "out.jsonl" && e.Name() != "answers" {
			t.Fatalf("%s is left over", e.Name())
		}
		if err := os.Remove(filepath.Join(r.folder, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

var killedRuns = []struct {
	name   string
	cached bool
	flags  []string
}{{"plain", false, nil}, {"share", false, []string{"--share", "3"}}, {"cache", true, nil}, {"share and cache", true, []string{"--share", "3"}}}

// TestTagKilledAtRandom kills tag at random moments and starts it again with --resume: no more is repeated than was in
// flight, the output ends byte for byte as that of an undisturbed run, and appears at once.
func TestTagKilledAtRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(torture.Seed(t, uint64(time.Now().UnixNano())), 6))
	all, repeated, sample := 0, 0, keptSample(t)
	for _, c := range killedRuns {
		t.Run(c.name, func(t *testing.T) {
			r := newKilledRun(t, sample, torture.Scale(12, 60), c.cached, c.flags...)
			killed := 0
			for round := 0; round < torture.Scale(1, 5) || killed == 0 && round < 20; round++ { // it may be done before each kill
				before, kills := len(r.server.Requests()), 0
				for kills < torture.Scale(3, 20) {
					cmd := exec.Command(r.program, r.args()...)
					if err := cmd.Start(); err != nil {
						t.Fatal(err)
					}
					if !r.killSoon(cmd, rnd) {
						break // it was done
					}
					kills++
					r.check(t, false)
				}
				r.finish(t, kills, before)
				killed += kills
				repeated += len(r.server.Requests()) - before - r.calls
			}
			if killed == 0 {
				t.Error("no run could be killed before it was done")
			}
			all += killed
		})
	}
	torture.Report(t, "%d runs of tag killed at random moments and resumed; %d calls repeated (%d may be in flight at a kill); every output byte for byte as without", all, repeated, inFlight)
}

// killSoon kills a run after some more calls, or a little later; false: it was done before.
func (r *killedRun) killSoon(cmd *exec.Cmd, rnd *rand.Rand) bool {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	from, wait := len(r.server.Requests()), rnd.IntN(1+r.calls/6)
	for len(r.server.Requests()) < from+wait {
		select {
		case <-done:
			return false
		case <-time.After(time.Millisecond):
		}
	}
	time.Sleep(time.Duration(rnd.IntN(4000)) * time.Microsecond)
	_ = cmd.Process.Kill()
	_, left := os.Stat(filepath.Join(r.folder, "out.jsonl"+journalSuffix))
	return <-done != nil && left == nil
}

// TestTagKilledAtEveryChange does so at each write, sync, rename and other change of a file: of the journal, the output and
// the cache. The short version tries the last of each.
func TestTagKilledAtEveryChange(t *testing.T) {
	kills, sample := 0, keptSample(t)
	for _, c := range killedRuns {
		t.Run(c.name, func(t *testing.T) {
			r := newKilledRun(t, sample, 5, c.cached, c.flags...)
			undisturbed := r.traced(t, tracing.Plan{})
			if undisturbed.Code != 0 {
				t.Fatalf("%+v", undisturbed)
			}
			r.finish(t, 0, len(r.server.Requests()))
			for i, change := range undisturbed.Changes {
				alike := func(o tracing.Change) bool { return o.Call == change.Call }
				if !torture.Long && slices.ContainsFunc(undisturbed.Changes[i+1:], alike) {
					continue
				}
				for _, fate := range []tracing.Fate{tracing.Kill, tracing.Tear} {
					if fate == tracing.Tear && change.Call != "write" {
						continue
					}
					before := len(r.server.Requests())
					if out := r.traced(t, tracing.Plan{Fate: fate, At: i + 1}); out.Killed {
						kills++
						r.check(t, false)
					} else if out.Code != 0 {
						t.Fatalf("it ended by itself: %s", out.Output)
					}
					r.finish(t, 1, before)
				}
			}
		})
	}
	torture.Report(t, "%d runs of tag killed at a write, sync, rename or other change of journal, output and cache, and resumed; 0 losses", kills)
}

func (r *killedRun) traced(t *testing.T, p tracing.Plan) tracing.Outcome {
	t.Helper()
	p.Folder = r.folder
	out, err := tracing.Run(p, r.program, r.args()...)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.Output, "goroutine ") {
		t.Fatal(out.Output)
	}
	return out
}
