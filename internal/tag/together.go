package tag

import (
	"context"
	"iter"

	"github.com/ragner/ragner/corpora"
)

// chunkBytes is how much text is planned together: some two hundred and fifty sentences.
const chunkBytes = 40_000

// Together tags documents as Batch does, a chunk of them at a time: prepare is shown all documents of a chunk before
// they are tagged, all at the same time. What makes a chunk depends on the input alone, so that a run that is resumed
// plans as the first one did. An error of prepare ends the run as the error of no document.
func Together(ctx context.Context, docs iter.Seq2[corpora.Document, error], prepare func(context.Context, []corpora.Document) error, tag func(context.Context, corpora.Document) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		for chunk := range chunks(docs) {
			if ctx.Err() != nil {
				return
			}
			if err := prepare(ctx, chunk.good()); err != nil {
				if ctx.Err() == nil {
					yield(Result{Err: err})
				}
				return
			}
			if !chunk.tag(ctx, tag, yield, stop) {
				return
			}
		}
	}
}

// PrepareAll shows prepare documents in the chunks that Together would show it.
func PrepareAll(ctx context.Context, docs iter.Seq2[corpora.Document, error], prepare func(context.Context, []corpora.Document) error) error {
	for chunk := range chunks(docs) {
		if err := prepare(ctx, chunk.good()); err != nil {
			return err
		}
	}
	return nil
}

// chunk are documents, each with the error of reading it.
type chunk []Result

func chunks(docs iter.Seq2[corpora.Document, error]) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		var c chunk
		size := 0
		for doc, err := range docs {
			if err != nil {
				doc = corpora.Document{ID: doc.ID}
			}
			c = append(c, Result{Document: doc, Err: err})
			if size += len(doc.Text); size < chunkBytes {
				continue
			}
			if !yield(c) {
				return
			}
			c, size = nil, 0
		}
		if len(c) > 0 {
			yield(c)
		}
	}
}

func (c chunk) good() []corpora.Document {
	var docs []corpora.Document
	for _, r := range c {
		if r.Err == nil {
			docs = append(docs, r.Document)
		}
	}
	return docs
}

// tag tags the documents at the same time and yields them in order; it returns when none is under way any more.
// When yield has enough, the others are called off.
func (c chunk) tag(ctx context.Context, tag func(context.Context, corpora.Document) Result, yield func(Result) bool, stop func()) bool {
	slots := make([]chan Result, len(c))
	for i, r := range c {
		slots[i] = make(chan Result, 1)
		if r.Err != nil {
			slots[i] <- r
			continue
		}
		go func() { slots[i] <- tag(ctx, r.Document) }()
	}
	more := true
	for _, slot := range slots {
		r := <-slot
		if more && !yield(r) {
			more = false
			stop()
		}
	}
	return more
}
