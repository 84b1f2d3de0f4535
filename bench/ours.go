package main

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// engine is ragner as a running program has it.
type engine struct {
	index    *index.Index
	embedder embed.Embedder
	searcher *retrieval.Searcher
}

// open opens the index in dir, and builds it first where the command did not.
func open(ctx context.Context, dir string, t texts) (*engine, error) {
	embedder, err := embed.NewStatic()
	if err != nil {
		return nil, err
	}
	x, err := index.Open(dir, index.OpenOptions{Embedder: embedder})
	if err != nil {
		if err := build(ctx, dir, t, embedder); err != nil {
			return nil, err
		}
		if x, err = index.Open(dir, index.OpenOptions{Embedder: embedder}); err != nil {
			return nil, err
		}
	}
	searcher, err := retrieval.New(x, embedder, retrieval.Defaults())
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return &engine{x, embedder, searcher}, nil
}

func build(ctx context.Context, dir string, t texts, embedder embed.Embedder) error {
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "bench"}, Documents: withoutErrors(t.documents())}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: t.terms}},
	}
	_, err := index.Build(ctx, dir, in, index.Options{Embedder: embedder, EmbedderID: "static"})
	return err
}

func withoutErrors(docs iter.Seq[corpora.Document]) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// search is the whole of what tagging asks of the index: both channels, fusion, coverage, term hits.
func (e *engine) search(ctx context.Context, text string) error {
	_, err := e.searcher.Retrieve(ctx, retrieval.Query{Sentence: corpora.Sentence{Text: text}})
	return err
}

func (e *engine) lexical(_ context.Context, text string) error {
	e.index.Sentences().BM25(index.Analyze(text), top, nil)
	return e.index.Err()
}

// tagAll tags all queries with so many workers.
func (e *engine) tagAll(ctx context.Context, queries []string, workers int) error {
	tagger := &tag.Neighbours{Searcher: e.searcher}
	work := make(chan string)
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for text := range work {
				if _, err := tagger.Tag(ctx, tag.Input{Sentence: corpora.Sentence{Text: text}}); err != nil {
					errs[w] = err
				}
			}
		})
	}
	for _, text := range queries {
		work <- text
	}
	close(work)
	wait.Wait()
	return errors.Join(errs...)
}
