package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/testkit/torture"
)

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestGenerationsArePruned(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		build(t, dir, sampleInput(t), sampleOptions())
	}
	held, err := Open(dir, OpenOptions{}) // a reader of generation 2
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		build(t, dir, sampleInput(t), sampleOptions())
	}
	if got := entries(t, dir); !slices.Equal(got, []string{"CURRENT", "LOCK", "gen-000002", "gen-000003", "gen-000004"}) {
		t.Errorf("with a reader of 2: %v", got)
	}
	if held.Sentence(0).Text == "" || held.Close() != nil {
		t.Error("the held generation cannot be read")
	}
	leftover, orphan := filepath.Join(dir, "gen-000005.tmp"), filepath.Join(dir, "gen-000009")
	if err := errors.Join(os.Mkdir(leftover, 0o755), os.Mkdir(orphan, 0o755), os.WriteFile(filepath.Join(leftover, "x"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	build(t, dir, sampleInput(t), sampleOptions())
	if got := entries(t, dir); !slices.Equal(got, []string{"CURRENT", "LOCK", "gen-000004", "gen-000005"}) {
		t.Errorf("in the end: %v", got)
	}
}

func TestSecondWriterIsTold(t *testing.T) {
	dir := t.TempDir()
	in := sampleInput(t)
	in.Corpora = append(in.Corpora, Corpus{Documents: func(func(corpora.Document, error) bool) {
		_, err := Build(context.Background(), dir, Input{}, Options{})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("pid %d on ", os.Getpid())) {
			t.Errorf("the second writer got %v", err)
		}
	}})
	build(t, dir, in, sampleOptions())
}

func TestForeignFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.doc"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), dir, Input{}, Options{}); err == nil || !strings.Contains(err.Error(), "thesis.doc") {
		t.Errorf("%v", err)
	}
	if got := entries(t, dir); !slices.Equal(got, []string{"thesis.doc"}) {
		t.Errorf("it holds %v", got)
	}
}

// TestReadersDuringBuilds: whoever opens while generations change finds a whole one, and each answers for itself.
func TestReadersDuringBuilds(t *testing.T) {
	dir := t.TempDir()
	contents := []Input{sampleInput(t), {Corpora: []Corpus{corpus("other", generated(12)...)}}}
	want := map[string]bool{}
	for _, in := range contents {
		build(t, dir, in, sampleOptions())
		want[answerWhole(t, dir)] = true
	}
	stop := make(chan struct{})
	var opened atomic.Int64
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := answerWhole(t, dir); !want[got] {
					t.Errorf("an answer of neither index: %.200s", got)
					return
				}
				opened.Add(1)
			}
		})
	}
	swaps := torture.Scale(10, 100)
	for i := range swaps {
		build(t, dir, contents[i%2], sampleOptions())
	}
	close(stop)
	group.Wait()
	if opened.Load() < int64(swaps) {
		t.Errorf("%d readers during %d swaps", opened.Load(), swaps)
	}
	torture.Report(t, "%d indexes opened and read whole during %d swaps; 0 errors, 0 mixed answers", opened.Load(), swaps)
}

// answerWhole opens the index, reads all its sentences and asks for each; it gives all answers. It fails the test of any
// goroutine.
func answerWhole(t *testing.T, dir string) string {
	x, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Error(err)
		return ""
	}
	var b strings.Builder
	for i := range x.Sentences().Len() {
		fmt.Fprintln(&b, x.Sentence(i), x.Sentences().BM25(Analyze(x.Sentences().Text(i)), 3, nil), x.Sentences().Nearest(x.Sentences().Vector(i), 3, nil), shows(x, i))
	}
	if err := errors.Join(x.Err(), x.Close()); err != nil {
		t.Error(err)
	}
	return b.String()
}

// TestCancelledBuild cancels at every report of progress; each time the old index stays as it was.
func TestCancelledBuild(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	before := files(t, dir)
	for at := 1; ; at++ {
		ctx, cancel := context.WithCancel(t.Context())
		o := sampleOptions()
		seen, last := 0, ""
		o.Progress = func(stage string, done, total int) {
			if seen++; seen == at {
				last = stage
				cancel()
			}
		}
		_, err := Build(ctx, dir, sampleInput(t), o)
		cancel()
		if seen < at {
			if err != nil || at < 8 {
				t.Fatalf("after %d reports: %v", at, err)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled in %s: %v", last, err)
		}
		if after := files(t, dir); !maps.Equal(before, after) {
			t.Fatalf("cancelled in %s: the folder has changed: %v", last, entries(t, dir))
		}
	}
}

// failingEmbedder fails after some texts, or gives wrong vectors.
type failingEmbedder struct {
	hashEmbedder
	give func([][]float32) ([][]float32, error)
}

func (f failingEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, err := f.hashEmbedder.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	return f.give(vectors)
}

func TestFailingEmbedder(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	before := files(t, dir)
	for name, give := range map[string]func([][]float32) ([][]float32, error){
		"error":     func([][]float32) ([][]float32, error) { return nil, errors.New("the server is down") },
		"too few":   func(v [][]float32) ([][]float32, error) { return v[:len(v)-1], nil },
		"too short": func(v [][]float32) ([][]float32, error) { v[0] = v[0][:3]; return v, nil },
		"none":      func(v [][]float32) ([][]float32, error) { v[0] = nil; return v, nil },
		"infinite":  func(v [][]float32) ([][]float32, error) { v[0][0] /= 0; return v, nil },
	} {
		o := sampleOptions()
		o.Embedder = failingEmbedder{hashEmbedder{dimensions: 8}, give}
		if _, err := Build(t.Context(), dir, sampleInput(t), o); err == nil || strings.Contains(err.Error(), "fibrosis") {
			t.Errorf("%s: %v", name, err)
		}
		if !maps.Equal(before, files(t, dir)) {
			t.Errorf("%s: the folder has changed", name)
		}
	}
}

func TestBuildKeepsTime(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	if got := open(t, dir).Manifest().Created; !got.Equal(created) || got.Location() != time.UTC {
		t.Errorf("created %v", got)
	}
}
