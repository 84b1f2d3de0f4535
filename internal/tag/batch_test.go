package tag

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
)

// stream yields n documents, an error in the place of every one whose number is in bad.
func stream(n int, bad ...int) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for i := range n {
			doc, err := corpora.Document{ID: fmt.Sprint(i), Text: "secret text"}, error(nil)
			for _, b := range bad {
				if b == i {
					err = &corpora.BadDocument{Err: errNoOffsets}
				}
			}
			if !yield(doc, err) {
				return
			}
		}
	}
}

var errNoOffsets = errors.New("no offsets")

// tagging counts how many documents are tagged at once; each takes a random time.
type tagging struct{ running, most, done atomic.Int64 }

func (g *tagging) tag(_ context.Context, doc corpora.Document) Result {
	now := g.running.Add(1)
	for most := g.most.Load(); now > most && !g.most.CompareAndSwap(most, now); most = g.most.Load() {
	}
	time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
	g.running.Add(-1)
	g.done.Add(1)
	return Result{Document: doc, Stats: Stats{Sentences: 1}}
}

func TestBatchKeepsOrder(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 8} {
		var g tagging
		next := 0
		for r := range Batch(context.Background(), stream(200, 0, 7, 199), workers, g.tag) {
			if r.Document.ID != fmt.Sprint(next) {
				t.Fatalf("%d workers: document %s in place %d", workers, r.Document.ID, next)
			}
			if bad := next == 0 || next == 7 || next == 199; bad != errors.Is(r.Err, errNoOffsets) || bad == (r.Stats.Sentences == 1) {
				t.Errorf("document %d: %+v", next, r)
			}
			next++
		}
		if next != 200 || g.done.Load() != 197 {
			t.Errorf("%d workers: %d results, %d tagged", workers, next, g.done.Load())
		}
		if most := g.most.Load(); most > int64(max(workers, 1)) {
			t.Errorf("%d workers tagged %d documents at once", workers, most)
		}
	}
}

// TestBatchUsesItsWorkers: all of them work at once, also behind a document that takes long.
func TestBatchUsesItsWorkers(t *testing.T) {
	var others atomic.Int64
	tag := func(ctx context.Context, doc corpora.Document) Result {
		if doc.ID != "0" {
			others.Add(1)
			return Result{Document: doc}
		}
		for deadline := time.Now().Add(10 * time.Second); others.Load() < 3 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		return Result{Document: doc}
	}
	start := time.Now()
	n := 0
	for range Batch(context.Background(), stream(6), 2, tag) {
		n++
	}
	if took := time.Since(start); n != 6 || took > 5*time.Second {
		t.Errorf("%d results in %v: the second worker stood still behind a long document", n, took)
	}
}

// TestBatchIsBounded: a reader of results that stops for a while stops the reading of documents.
func TestBatchIsBounded(t *testing.T) {
	var read atomic.Int64
	docs := func(yield func(corpora.Document, error) bool) {
		for doc, err := range stream(1000) {
			read.Add(1)
			if !yield(doc, err) {
				return
			}
		}
	}
	var g tagging
	for range Batch(context.Background(), docs, 2, g.tag) {
		time.Sleep(20 * time.Millisecond)
		break
	}
	if n := read.Load(); n > 2*window+2 {
		t.Errorf("%d documents were read for one result", n)
	}
}

// TestBatchStopsEarly: after the first results nothing runs on.
func TestBatchStopsEarly(t *testing.T) {
	var g tagging
	n := 0
	for range Batch(context.Background(), stream(10_000), 4, g.tag) {
		if n++; n == 3 {
			break
		}
	}
	done := g.done.Load()
	time.Sleep(5 * time.Millisecond)
	if g.done.Load() != done || g.running.Load() != 0 || done > 100 {
		t.Errorf("%d documents tagged at the break, %d later", done, g.done.Load())
	}
}

// TestBatchCancelled: what was begun is yielded, with what its tagger made of the end of the context.
func TestBatchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var once sync.Once
	tag := func(ctx context.Context, doc corpora.Document) Result {
		if doc.ID == "5" {
			once.Do(cancel)
		}
		if err := ctx.Err(); err != nil {
			return Result{Document: doc, Err: err}
		}
		return Result{Document: doc}
	}
	n, failed := 0, 0
	for r := range Batch(ctx, stream(10_000), 2, tag) {
		if r.Document.ID != fmt.Sprint(n) {
			t.Fatalf("document %s in place %d", r.Document.ID, n)
		}
		if errors.Is(r.Err, context.Canceled) {
			failed++
		}
		n++
	}
	if n < 6 || n > 20 || failed == 0 {
		t.Errorf("%d results, %d of them cancelled", n, failed)
	}
}

func TestBatchOfNothing(t *testing.T) {
	var g tagging
	for r := range Batch(context.Background(), stream(0), 4, g.tag) {
		t.Errorf("a result: %+v", r)
	}
}

// TestBatchErrorsQuoteNoText: a document that could not be read comes with its id alone.
func TestBatchErrorsQuoteNoText(t *testing.T) {
	var g tagging
	for r := range Batch(context.Background(), stream(1, 0), 1, g.tag) {
		if r.Err == nil || strings.Contains(r.Err.Error(), "secret") || r.Document.Text != "" || r.Document.ID != "0" {
			t.Errorf("%+v", r)
		}
	}
}

// TestBatchSums tags real documents with eight workers and with one: the same entities.
func TestBatchSums(t *testing.T) {
	n := &Neighbours{Searcher: newSearcher(t, theCorpus(t))}
	all := func(workers int) string {
		var b strings.Builder
		docs := func(yield func(corpora.Document, error) bool) {
			for i := range 60 {
				text := fmt.Sprintf("Patient%d has gout. Cystic fibrosis (CF%d) is rare. CF%d it is.", i, i, i)
				if !yield(corpora.Document{ID: fmt.Sprint(i), Text: text}, nil) {
					return
				}
			}
		}
		tag := func(ctx context.Context, doc corpora.Document) Result {
			tagged, stats, err := Document(ctx, n, doc, 1)
			return Result{Document: tagged, Stats: stats, Err: err}
		}
		for r := range Batch(context.Background(), docs, workers, tag) {
			fmt.Fprintln(&b, r.Document.ID, show(r.Document.Text, r.Document.Entities), r.Stats, r.Err)
		}
		return b.String()
	}
	if one, eight := all(1), all(8); one != eight || strings.Count(one, "gout") != 60 {
		t.Errorf("one worker:\n%s\neight workers:\n%s", one, eight)
	}
}
