package tag

import (
	"context"
	"iter"

	"github.com/ragner/ragner/corpora"
)

// chunkBytes is how much text is planned together: some two hundred and fifty sentences.
const chunkBytes = 40_000

// Long reports whether a document is planned a stretch at a time while it is tagged, since all of it would take too much memory.
func Long(doc corpora.Document) bool { return len(doc.Text) > chunkBytes }

// Plan says how documents are tagged.
type Plan struct {
	Workers int // documents at once; 0: as many as are planned together
	// Present is how many of the workers there are for now, asked whenever a document is done; nil: all.
	Present func() int
	// Prepare is shown documents before they are tagged; nil: it need not be.
	Prepare func(context.Context, []corpora.Document) error
}

// Run tags documents as Batch does. Where there is something to plan it takes a chunk of them at a time, all of whose
// documents are prepared before the first is tagged. What makes a chunk depends on the input alone, so that a run that is
// resumed plans as the first one did. An error of preparing ends the run as the error of no document.
func (p Plan) Run(ctx context.Context, docs iter.Seq2[corpora.Document, error], tag func(context.Context, corpora.Document) Result) iter.Seq[Result] {
	if p.Prepare == nil {
		return batch(ctx, docs, p.staff(p.Workers), tag)
	}
	return func(yield func(Result) bool) {
		for chunk := range chunks(docs) {
			if ctx.Err() != nil {
				return
			}
			if err := p.Prepare(ctx, chunk.good()); err != nil {
				if ctx.Err() == nil {
					yield(Result{Err: err})
				}
				return
			}
			if !chunk.tag(ctx, p, tag, yield) {
				return
			}
		}
	}
}

// PrepareAll shows prepare documents in the chunks that Plan.Run would show it.
func PrepareAll(ctx context.Context, docs iter.Seq2[corpora.Document, error], prepare func(context.Context, []corpora.Document) error) error {
	for chunk := range chunks(docs) {
		if err := prepare(ctx, chunk.good()); err != nil {
			return err
		}
	}
	return nil
}

// chunk are documents, each with the error of reading it. A long one is a chunk of its own.
type chunk []Result

func chunks(docs iter.Seq2[corpora.Document, error]) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		var c chunk
		size := 0
		for doc, err := range docs {
			if err != nil {
				doc = corpora.Document{ID: doc.ID}
			}
			if Long(doc) && len(c) > 0 {
				if !yield(c) {
					return
				}
				c, size = nil, 0
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

// each gives the documents as they were read.
func (c chunk) each(yield func(corpora.Document, error) bool) {
	for _, r := range c {
		if !yield(r.Document, r.Err) {
			return
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

// staff are so many workers, or those that are present.
func (p Plan) staff(most int) staff {
	if p.Present == nil {
		return staff{most, func() int { return most }}
	}
	return staff{most, p.Present}
}

// tag tags the documents as planned, and yields them in order; it returns when none is under way any more.
// When yield has enough, the others are called off.
func (c chunk) tag(ctx context.Context, p Plan, tag func(context.Context, corpora.Document) Result, yield func(Result) bool) bool {
	workers := p.staff(p.Workers)
	if p.Workers == 0 {
		workers = staff{len(c), func() int { return len(c) }}
	}
	for r := range batch(ctx, c.each, workers, tag) {
		if !yield(r) {
			return false
		}
	}
	return true
}
