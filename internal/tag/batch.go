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
	Seconds  float64 // that tagging took
	Err      error
}

// window is how many documents a worker may be under way or done and waiting for their turn to be yielded, so that one
// that takes long does not stop the workers.
const window = 3

// Batch tags documents with so many workers, at least one, and yields the results in the order of the input. At most
// window documents a worker are held at a time. When ctx ends, what is done is still yielded and Batch returns.
func Batch(ctx context.Context, docs iter.Seq2[corpora.Document, error], workers int, tag func(context.Context, corpora.Document) Result) iter.Seq[Result] {
	return batch(ctx, docs, staff{workers, func() int { return workers }}, tag)
}

// staff is how many workers there are: now, whenever a document is done, and at most.
type staff struct {
	most int
	now  func() int
}

func batch(ctx context.Context, docs iter.Seq2[corpora.Document, error], workers staff, tag func(context.Context, corpora.Document) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		q := queue{
			slots: make(chan chan Result, window*max(workers.most, 1)-1), // the one being yielded is out of it
			free:  newTurns(workers.now),
			tag:   tag,
		}
		go func() {
			defer close(q.slots)
			q.fill(ctx, docs)
		}()
		for slot := range q.slots {
			if !yield(<-slot) {
				stop()
				break
			}
		}
		for slot := range q.slots {
			<-slot
		}
	}
}

// queue holds a slot for each document under way, in the order of the input.
type queue struct {
	slots chan chan Result
	free  *turns
	tag   func(context.Context, corpora.Document) Result
}

// fill gives each document a slot and a worker. Every slot gets a result.
func (q queue) fill(ctx context.Context, docs iter.Seq2[corpora.Document, error]) {
	var running sync.WaitGroup
	defer running.Wait()
	for doc, err := range docs {
		if ctx.Err() != nil {
			return
		}
		if q.free.take(ctx, 0) != nil {
			return
		}
		slot := make(chan Result, 1)
		select {
		case q.slots <- slot:
		case <-ctx.Done():
			return
		}
		if err != nil {
			slot <- Result{Document: corpora.Document{ID: doc.ID}, Err: err}
			q.free.give()
			continue
		}
		running.Go(func() {
			defer q.free.give()
			slot <- q.tag(ctx, doc)
		})
	}
}
