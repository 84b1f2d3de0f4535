package retrieval

import (
	"context"
	"errors"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/ragner/ragner/internal/embed"
)

// counted counts the calls of an embedder, and fails where it is told to.
type counted struct {
	embed.Embedder
	calls, texts atomic.Int64
	failure      error
}

func (c *counted) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.calls.Add(1)
	c.texts.Add(int64(len(texts)))
	if c.failure != nil {
		return nil, c.failure
	}
	return c.Embedder.Embed(ctx, texts)
}

// documentsQueries are the sentences of the sample's documents as queries, so that each leaves out other sentences.
func documentsQueries(w world) (queries []Query) {
	for i, doc := range w.documents {
		q := query(doc.Text)
		q.Sentence.DocID = doc.ID
		if i > 0 && i%3 == 0 {
			q.Exclude = []string{w.documents[i-1].ID}
		}
		queries = append(queries, q)
	}
	return queries
}

func TestTogetherIsAsAlone(t *testing.T) {
	w := sampleWorld(t, 70)
	x := w.build(t)
	for _, mode := range []string{"hybrid", "dense", "lexical", "random"} {
		s := Defaults()
		s.Mode, s.Passages = mode, 2
		embedder := &counted{Embedder: w.embedder}
		r, other := searcher(t, x, embedder, s), searcher(t, x, w.embedder, s)
		alone, placed := documentsQueries(w), documentsQueries(w)
		for i, place := range Together(placed) {
			placed[i].Place = place
		}
		want, got := together(t, other, alone), together(t, r, placed)
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("%s, query %d: together\n%s\nalone\n%s", mode, i, show(got[i]), show(want[i]))
			}
		}
		calls, texts := int64((len(alone)+MostTogether-1)/MostTogether), int64(len(alone))
		if mode == "lexical" {
			calls, texts = 0, 0
		}
		if embedder.calls.Load() != calls || embedder.texts.Load() != texts {
			t.Errorf("%s: %d texts in %d calls, want %d in %d", mode, embedder.texts.Load(), embedder.calls.Load(), texts, calls)
		}
		if again := together(t, other, placed); !reflect.DeepEqual(again, want) {
			t.Errorf("%s: another searcher finds something else for the same batch", mode)
		}
	}
}

// TestChangedQueryIsAlone: a place does not make a query find what another one would.
func TestChangedQueryIsAlone(t *testing.T) {
	w := sampleWorld(t, 12)
	r := searcher(t, w.build(t), w.embedder, Defaults())
	queries := documentsQueries(w)
	places := Together(queries)
	for i := range queries {
		changed := queries[i]
		changed.Exclude = []string{w.documents[(i+5)%len(w.documents)].ID}
		want := retrieve(t, r, changed)
		changed.Place = places[i]
		if got := retrieve(t, r, changed); !reflect.DeepEqual(got, want) {
			t.Errorf("query %d finds\n%s\nwant\n%s", i, show(got), show(want))
		}
	}
}

func TestTogetherFails(t *testing.T) {
	w := sampleWorld(t, 5)
	failure := errors.New("no answer")
	r := searcher(t, w.build(t), &counted{Embedder: w.embedder, failure: failure}, Defaults())
	queries := documentsQueries(w)
	for i, place := range Together(queries) {
		queries[i].Place = place
		if _, err := r.Retrieve(t.Context(), queries[i]); !errors.Is(err, failure) {
			t.Errorf("query %d: %v", i, err)
		}
	}
}
