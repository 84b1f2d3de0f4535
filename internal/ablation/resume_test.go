package ablation_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
)

const twoRows = "rows: [{name: a}, {name: b, set: {threshold: 0.6}}]"

// interruption stops a run when so many documents have been asked for.
type interruption struct {
	after int
	stop  context.CancelFunc

	mu   sync.Mutex
	seen int
}

func (x *interruption) before(ctx context.Context, _ corpora.Document) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.seen++; x.seen > x.after {
		x.stop()
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// TestInterrupted stops in the middle of the second row, looks at what is there, and goes on.
func TestInterrupted(t *testing.T) {
	dir, gold := sampleIndex(t), goldDocuments(t, 12)
	whole := runs(t, newJob(t, plan(t, twoRows, settings(dir)), gold))

	j := newJob(t, plan(t, twoRows, settings(dir)), gold)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	x := &interruption{after: 17, stop: stop}
	spied(j, x.before)
	saved := 0
	j.Save = func(ablation.Results) error { saved++; return nil }
	// One worker: on a busy machine another one could have come to the stop while the first document was still being tagged.
	workers := runtime.GOMAXPROCS(1)
	r, err := j.Run(ctx)
	runtime.GOMAXPROCS(workers)
	if !errors.Is(err, context.Canceled) || !r.Interrupted || saved != 2 {
		t.Errorf("error %v, interrupted %v, saved %d times", err, r.Interrupted, saved)
	}
	if got := states(r); got != "a done, b partial" {
		t.Fatalf("rows: %s", got)
	}
	partial := r.Rows[1]
	n := partial.Evaluation.Documents
	if n == 0 || n > 5 || len(partial.Counts) != n || partial.Against == nil || partial.Against.Documents != n {
		t.Errorf("%d documents scored, against %+v", n, partial.Against)
	}
	first := runs(t, newJob(t, plan(t, twoRows, settings(dir)), gold[:n])).Rows[1]
	a, b := timeless(ablation.Results{Rows: []ablation.Row{first}}).Rows[0], timeless(ablation.Results{Rows: []ablation.Row{partial}}).Rows[0]
	if x, y := asJSON(t, a.Evaluation), asJSON(t, b.Evaluation); x != y {
		t.Errorf("partial figures\n%s\nthose of its documents\n%s", y, x)
	}
	if x, y := asJSON(t, a.Evidence), asJSON(t, b.Evidence); x != y {
		t.Errorf("partial retrieval figures\n%s\nthose of its documents\n%s", y, x)
	}

	tagged := spied(j, nil)
	j.Save = nil
	again := runs(t, j)
	if got := tagged.Load(); got < 7 || got > 7+int64(runtime.GOMAXPROCS(0)) { // some may have been under way
		t.Errorf("%d documents tagged, want the 7 that were not begun and few others", got)
	}
	if x, y := asJSON(t, timeless(whole)), asJSON(t, timeless(again)); x != y {
		t.Errorf("resumed\n%s\nin one go\n%s", y, x)
	}
	for i, row := range again.Rows {
		if row.Evaluation.Seconds <= 0 {
			t.Errorf("row %d took %g seconds", i, row.Evaluation.Seconds)
		}
	}
}

// rerun runs a job again in the same folder and counts what is tagged anew.
func rerun(t *testing.T, dir string, p ablation.Plan, gold []corpora.Document, change ...func(*ablation.Job)) (ablation.Results, int) {
	t.Helper()
	j := newJob(t, p, gold)
	j.Dir = dir
	for _, c := range change {
		c(j)
	}
	tagged := spied(j, nil)
	r := runs(t, j)
	return r, int(tagged.Load())
}

func journals(t *testing.T, dir string) (paths []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "rows", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("journals %v, error %v", paths, err)
	}
	return paths
}

// TestJournal runs again and again in one folder, with something changed each time.
func TestJournal(t *testing.T) {
	gold := goldDocuments(t, 5)
	docs := taken(t, each(trainDocuments(t, 30)), 20)
	idx := newIndex(t, docs...)
	dir := filepath.Join(t.TempDir(), "out")
	one := func(grid string) ablation.Plan { return plan(t, grid, settings(idx)) }
	const a = "rows: [{name: a}]"
	want, n := rerun(t, dir, one(a), gold)
	path := journals(t, dir)[0]
	if n != 5 {
		t.Fatalf("%d documents tagged", n)
	}
	expect := func(what string, tagged, wanted int, r ablation.Results) {
		t.Helper()
		if tagged != wanted {
			t.Errorf("%s: %d documents tagged, want %d", what, tagged, wanted)
		}
		if x, y := asJSON(t, timeless(want)), asJSON(t, timeless(r)); x != y {
			t.Errorf("%s: other results\n%s\nthan\n%s", what, y, x)
		}
	}
	r, n := rerun(t, dir, one(a), gold)
	expect("the same again", n, 0, r)
	if _, err := os.Stat(path + ".old"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a journal that was of use is put aside: %v", err)
	}

	lines := strings.SplitAfter(read(t, path), "\n")
	write(t, path, strings.Join(lines[:4], "")+lines[4][:len(lines[4])/2])
	r, n = rerun(t, dir, one(a), gold)
	expect("a torn last line", n, 2, r)

	lines = strings.SplitAfter(read(t, path), "\n")
	write(t, path, lines[0]+lines[1]+"\x00garbage\n"+strings.Join(lines[2:], ""))
	r, n = rerun(t, dir, one(a), gold)
	expect("garbage in the middle", n, 4, r)
	r, n = rerun(t, dir, one(a), gold)
	expect("after garbage", n, 0, r)

	write(t, path, "no journal")
	r, n = rerun(t, dir, one(a), gold)
	expect("a first line cut short", n, 5, r)
	if got := read(t, path+".old"); got != "no journal" {
		t.Errorf("put aside: %q", got)
	}

	r, n = rerun(t, dir, one(a), gold, func(j *ablation.Job) { j.Fresh = true })
	expect("fresh", n, 5, r)
	if lines := strings.Count(read(t, path+".old"), "\n"); lines != 6 {
		t.Errorf("the journal put aside has %d lines", lines)
	}

	slices.Reverse(gold)
	if _, n = rerun(t, dir, one(a), gold); n != 0 {
		t.Errorf("another order: %d documents tagged", n)
	}
	changed := slices.Clone(gold)
	changed[2].Text += " More."
	if _, n = rerun(t, dir, one(a), changed); n != 1 {
		t.Errorf("a changed text: %d documents tagged", n)
	}
	annotated := slices.Clone(gold)
	annotated[1].Entities = annotated[1].Entities[:1]
	if r, n = rerun(t, dir, one(a), annotated); n != 0 || r.Rows[0].Evaluation.Criteria.Strict.Micro.FN >= want.Rows[0].Evaluation.Criteria.Strict.Micro.FN {
		t.Errorf("other annotations: %d documents tagged", n)
	}

	if _, n = rerun(t, dir, plan(t, a, patient(idx)), gold); n != 0 {
		t.Errorf("settings that change no result: %d documents tagged", n)
	}
	if _, n = rerun(t, dir, one("rows: [{name: a, set: {threshold: 0.7}}]"), gold); n != 5 {
		t.Errorf("other settings: %d documents tagged", n)
	}
	if _, n = rerun(t, dir, one(a), gold, func(j *ablation.Job) { j.Version = "test 2" }); n != 5 {
		t.Errorf("another version: %d documents tagged", n)
	}
	world{documents: docs[:15]}.build(t, idx)
	if _, n = rerun(t, dir, one(a), gold); n != 5 {
		t.Errorf("another index: %d documents tagged", n)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFailuresAreTriedAgain: what failed is not kept.
func TestFailuresAreTriedAgain(t *testing.T) {
	gold := goldDocuments(t, 5)
	j := newJob(t, plan(t, "rows: [{name: a}]", settings(sampleIndex(t))), gold)
	spied(j, func(_ context.Context, doc corpora.Document) error {
		if doc.ID == gold[3].ID {
			return errors.New("busy")
		}
		return nil
	})
	if r := runs(t, j); r.Rows[0].Evaluation.Failed != 1 {
		t.Fatalf("%d failed", r.Rows[0].Evaluation.Failed)
	}
	r, n := rerun(t, j.Dir, j.Plan, gold)
	if n != 1 || r.Rows[0].Evaluation.Failed != 0 {
		t.Errorf("%d tagged, %d failed", n, r.Rows[0].Evaluation.Failed)
	}
}

// TestRowsWithLikeNames have journals of their own.
func TestRowsWithLikeNames(t *testing.T) {
	long := strings.Repeat("very long ", 30)
	grid := "rows: [{name: a/b}, {name: a b}, {name: \"../../a\"}, {name: ÅÄÖ}, {name: ÄÖÅ}, {name: " + long + "1}, {name: " + long + "2}]"
	j := newJob(t, plan(t, grid, settings(sampleIndex(t))), goldDocuments(t, 2))
	r := runs(t, j)
	if n := len(journals(t, j.Dir)); n != 7 || strings.Contains(states(r), "failed") {
		t.Errorf("%d journals, rows: %s", n, states(r))
	}
	if _, n := rerun(t, j.Dir, j.Plan, j.Gold); n != 0 {
		t.Errorf("%d documents tagged again", n)
	}
}

// TestOneRunAtATime: a second run in the folder is refused before it writes anything.
func TestOneRunAtATime(t *testing.T) {
	j := newJob(t, plan(t, twoRows, settings(sampleIndex(t))), goldDocuments(t, 2))
	if err := os.MkdirAll(filepath.Join(j.Dir, "rows"), 0o755); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(j.Dir, "rows", "lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		t.Fatalf("lock: %v, %v", ok, err)
	}
	tagged := spied(j, nil)
	j.Save = func(ablation.Results) error { t.Error("results were saved"); return nil }
	r, err := j.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "another run is writing "+j.Dir) || len(r.Rows) != 0 || tagged.Load() != 0 {
		t.Errorf("error %v, %d rows, %d tagged", err, len(r.Rows), tagged.Load())
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	j.Save = nil
	runs(t, j)
	runs(t, j) // a finished run has let go
}
