package tag

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/retrieval"
)

// longDocument has some 125,000 bytes, and a mention in every other of its 4,000 sentences.
func longDocument() corpora.Document {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "Patient %d was seen and has gout. It was a cold day in %d. ", i, 1000+i)
	}
	return corpora.Document{ID: "long", Text: b.String()}
}

// planned is how many sentences a tagger has a plan for.
func planned(t Tagger) int {
	n := 0
	if s := sharer(t); s != nil {
		s.mu.Lock()
		n += len(s.plans)
		s.mu.Unlock()
	}
	if c, ok := t.(*Cascade); ok {
		c.mu.Lock()
		n += len(c.plan)
		c.mu.Unlock()
	}
	return n
}

// TestLongDocuments: a document longer than what is planned together is planned a stretch at a time, so that no more of it is
// in memory; all that is in it is found, demonstrations are shared, and plans are gone at the end.
func TestLongDocuments(t *testing.T) {
	doc := longDocument()
	if !Long(doc) {
		t.Fatalf("%d bytes are not long", len(doc.Text))
	}
	var most atomic.Int64
	var tagger Tagger
	l := newLLM(newSearcher(t, theCorpus(t), func(s *retrieval.Settings) { s.K = 2 }), &testkit.Replay{Answer: func(r llm.Request) (llm.Response, error) {
		most.Store(max(most.Load(), int64(planned(tagger))))
		if strings.Contains(r.Messages[len(r.Messages)-1].Content, "gout") {
			return llm.Response{Text: "Disease: gout"}, nil
		}
		return llm.Response{Text: "none"}, nil
	}})
	l.Sharer = &Sharer{Searcher: l.Searcher, Sharing: retrieval.Sharing{PerSet: 10}, Calls: func() int { return 4 }}
	tagger = l
	prepared := 0
	plan := Plan{Prepare: func(_ context.Context, docs []corpora.Document) error {
		prepared++
		if len(docs) != 1 {
			t.Errorf("%d documents are planned with a long one", len(docs))
		}
		return nil
	}}
	docs := func(yield func(corpora.Document, error) bool) {
		_ = yield(corpora.Document{ID: "short", Text: "She has gout."}, nil) && yield(doc, nil)
	}
	for r := range plan.Run(context.Background(), docs, func(ctx context.Context, d corpora.Document) Result {
		out, stats, err := Document(ctx, l, d, 0)
		return Result{Document: out, Stats: stats, Err: err}
	}) {
		want := 1
		if r.Document.ID == "long" {
			want = 2000
		}
		if r.Err != nil || len(r.Document.Entities) != want {
			t.Errorf("%s: %d entities, %v", r.Document.ID, len(r.Document.Entities), r.Err)
		}
		for _, e := range r.Document.Entities {
			if e.Surface(r.Document.Text) != "gout" {
				t.Fatalf("found %q", e.Surface(r.Document.Text))
			}
		}
	}
	// A stretch has some 40,000 bytes of sentences of 30, and up to a page more.
	if n := most.Load(); prepared != 2 || n < 1000 || n > 1700 || planned(l) != 0 {
		t.Errorf("prepared %d times; at most %d sentences were planned, %d in the end", prepared, n, planned(l))
	}
}

// TestLongCascade: in each stretch of a long document the model is asked about no more than the budget allows.
func TestLongCascade(t *testing.T) {
	g := answers("none")
	c := newCascade(t, g)
	c.Budget = 0.1
	doc := corpora.Document{ID: "long", Text: strings.Repeat(doubtful+" ", chunkBytes*5/4/len(doubtful))}
	_, stats, err := Document(context.Background(), c, doc, 0)
	if err != nil {
		t.Fatal(err)
	}
	asked := len(g.Requests())
	if limit := stats.Sentences / 10; asked > limit || asked < limit-2 || planned(c) != 0 {
		t.Errorf("%d calls for %d sentences, %d still planned", asked, stats.Sentences, planned(c))
	}
}
