package tag

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/retrieval"
)

// long yields n documents of so many bytes, one that cannot be read in the place of bad.
func long(n, bytes, bad int) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for i := range n {
			doc, err := corpora.Document{ID: fmt.Sprint(i), Text: strings.Repeat("x", bytes)}, error(nil)
			if i == bad {
				err = &corpora.BadDocument{Err: errNoOffsets}
			}
			if !yield(doc, err) {
				return
			}
		}
	}
}

// TestTogetherPlansChunks: every document is planned before it is tagged, and results come in order.
func TestTogetherPlansChunks(t *testing.T) {
	var mu sync.Mutex
	planned, plans := map[string]bool{}, 0
	prepare := func(_ context.Context, docs []corpora.Document) error {
		mu.Lock()
		defer mu.Unlock()
		plans++
		for _, doc := range docs {
			planned[doc.ID] = true
		}
		return nil
	}
	work := func(_ context.Context, doc corpora.Document) Result {
		mu.Lock()
		defer mu.Unlock()
		if !planned[doc.ID] {
			t.Errorf("document %s was not planned", doc.ID)
		}
		return Result{Document: doc}
	}
	next := 0
	for r := range (Plan{Prepare: prepare}).Run(context.Background(), long(100, 1000, 7), work) {
		if r.Document.ID != fmt.Sprint(next) || (r.Err != nil) != (next == 7) {
			t.Fatalf("%s in place %d, error %v", r.Document.ID, next, r.Err)
		}
		next++
	}
	if next != 100 || plans != 3 || planned["7"] {
		t.Errorf("%d results of %d plans", next, plans)
	}
}

// TestTogetherEnds: by a plan that fails, by a reader who has enough, by a context that ends. Nothing is left running.
func TestTogetherEnds(t *testing.T) {
	broken := errors.New("broken")
	var results []Result
	for r := range (Plan{Prepare: func(context.Context, []corpora.Document) error { return broken }}).Run(context.Background(), long(3, 10, -1), nil) {
		results = append(results, r)
	}
	if len(results) != 1 || !errors.Is(results[0].Err, broken) || results[0].Document.ID != "" {
		t.Errorf("%+v", results)
	}
	var running atomic.Int64
	planned := func(context.Context, []corpora.Document) error { return nil }
	until := func(ctx context.Context, doc corpora.Document) Result {
		running.Add(1)
		defer running.Add(-1)
		if doc.ID != "0" {
			<-ctx.Done()
		}
		return Result{Document: doc, Err: ctx.Err()}
	}
	for range (Plan{Prepare: planned}).Run(context.Background(), long(50, 10, -1), until) {
		break
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for r := range (Plan{Prepare: planned}).Run(ctx, long(50, 10, -1), until) {
		if r.Document.ID == "0" {
			cancel()
		}
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d still run", n)
	}
}

// waiting is how many sentences wait for their turn.
func waiting(s *Sharer) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.plans {
		return p.turns.waits()
	}
	return 0
}

// TestSharedPrompts: the prompts of a set begin alike up to its demonstrations and come to the model one after the
// other, whatever documents their sentences are of; what is found is what each sentence holds.
func TestSharedPrompts(t *testing.T) {
	s := newSearcher(t, theCorpus(t), func(s *retrieval.Settings) { s.K = 2 })
	var l *LLM
	var first sync.Once
	g := &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		first.Do(func() { // a slow model: all others wait meanwhile
			for waiting(l.Sharer) < 5 {
				time.Sleep(time.Millisecond)
			}
		})
		text := r.Messages[len(r.Messages)-1].Content
		for _, name := range []string{"cystic fibrosis", "gout"} {
			if strings.Contains(text, name) {
				return llm.Response{Text: "Disease: " + name, PromptTokens: 100}, nil
			}
		}
		return llm.Response{Text: "none", PromptTokens: 100}, nil
	}}
	l = newLLM(s, g)
	l.Sharer = &Sharer{Searcher: s, Sharing: retrieval.Sharing{PerSet: 3, Own: 1}, Calls: func() int { return 1 }}
	var docs []corpora.Document
	for i := range 3 {
		docs = append(docs, corpora.Document{ID: fmt.Sprint("n", i), Text: fmt.Sprintf(
			"Patient %d with cystic fibrosis has a cough. The pain of gout in patient %d is treated.", i, i)})
	}
	each := func(yield func(corpora.Document, error) bool) {
		for _, doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
	prepare := func(ctx context.Context, docs []corpora.Document) error {
		var inputs []Input
		for _, doc := range docs {
			inputs = append(inputs, Inputs(doc, 0)...)
		}
		return l.Sharer.Prepare(ctx, inputs)
	}
	work := func(ctx context.Context, doc corpora.Document) Result {
		doc, stats, err := Document(ctx, l, doc, 0)
		return Result{Document: doc, Stats: stats, Err: err}
	}
	for r := range (Plan{Prepare: prepare}).Run(context.Background(), each, work) {
		if got := show(r.Document.Text, r.Document.Entities); r.Err != nil || got != "Disease cystic fibrosis (exact), Disease gout (exact)" {
			t.Errorf("%s: %s, %v", r.Document.ID, got, r.Err)
		}
	}
	var heads []string
	for _, r := range g.Requests() {
		var b strings.Builder
		for _, m := range r.Messages[:5] { // the task and two demonstrations
			b.WriteString(m.Role + m.Content)
		}
		heads = append(heads, b.String())
	}
	switches := len(slices.Compact(slices.Clone(heads)))
	slices.Sort(heads)
	// The first sentence to come is not kept waiting for those of an earlier set.
	if different := len(slices.Compact(heads)); len(heads) != 6 || different != 2 || switches > 3 {
		t.Errorf("%d beginnings, %d in a row", different, switches)
	}
}

// TestSharedPanic: a panic of one sentence is the document's, with its value.
func TestSharedPanic(t *testing.T) {
	s := newSearcher(t, theCorpus(t))
	l := newLLM(s, &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) { panic("a bug") }})
	l.Sharer = &Sharer{Searcher: s, Sharing: retrieval.Sharing{PerSet: 1}}
	defer func() {
		if value := recover(); value != "a bug" {
			t.Errorf("%v", value)
		}
	}()
	_, _, _ = Document(context.Background(), l, corpora.Document{ID: "x", Text: "He has gout. She has gout."}, 0)
	t.Error("no panic")
}
