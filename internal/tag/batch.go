package tag

import (
	"context"
	"iter"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// Result is one document after tagging, or the error of reading or tagging it. A document that failed has its ID and
// text where they are known.
type Result struct {
	Document corpora.Document
	Stats    Stats
	Err      error
}

// Batch tags documents with so many workers and yields the results in the order of the input. At most a few
// documents a worker are held at a time. When ctx ends, what is done is still yielded and Batch returns.
func Batch(ctx context.Context, docs iter.Seq2[corpora.Document, error], workers int, tag func(context.Context, corpora.Document) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		slots := make(chan chan Result, workers)
		var running sync.WaitGroup
		go func() {
			defer close(slots)
			start(ctx, docs, slots, &running, tag)
		}()
		for slot := range slots {
			if !yield(<-slot) {
				stop()
				break
			}
		}
		for slot := range slots {
			<-slot
		}
		running.Wait()
	}
}

// start hands each document a slot, in order; the channel's capacity bounds how many are under way.
func start(ctx context.Context, docs iter.Seq2[corpora.Document, error], slots chan<- chan Result, running *sync.WaitGroup, tag func(context.Context, corpora.Document) Result) {
	for doc, err := range docs {
		if ctx.Err() != nil {
			return
		}
		slot := make(chan Result, 1)
		select {
		case slots <- slot:
		case <-ctx.Done():
			return
		}
		if err != nil {
			slot <- Result{Document: corpora.Document{ID: doc.ID}, Err: err}
			continue
		}
		running.Go(func() { slot <- tag(ctx, doc) })
	}
}
