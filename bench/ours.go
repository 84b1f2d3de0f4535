package main

import (
	"context"
	"errors"
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
	chooser  *retrieval.Searcher // without terms
}

// open opens the index in dir, and builds it first where the command did not.
func open(ctx context.Context, dir string, t texts) (*engine, error) {
	embedder, err := embed.NewStatic()
	if err != nil {
		return nil, err
	}
	x, err := index.Open(dir, index.OpenOptions{Embedder: embedder})
	if err != nil {
		if err := build(ctx, dir, t, embedder, nil); err != nil {
			return nil, err
		}
		if x, err = index.Open(dir, index.OpenOptions{Embedder: embedder}); err != nil {
			return nil, err
		}
	}
	settings := retrieval.Defaults()
	searcher, err := retrieval.New(x, embedder, settings)
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	settings.Terms = 0
	chooser, err := retrieval.New(x, embedder, settings)
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return &engine{x, embedder, searcher, chooser}, nil
}

// search is the whole of what tagging asks of the index: both channels, fusion, choice, term hits.
func (e *engine) search(ctx context.Context, text string) error {
	_, err := e.searcher.Retrieve(ctx, retrieval.Query{Sentence: corpora.Sentence{Text: text}})
	return err
}

// demonstrations is search without term hits.
func (e *engine) demonstrations(ctx context.Context, text string) error {
	_, err := e.chooser.Retrieve(ctx, retrieval.Query{Sentence: corpora.Sentence{Text: text}})
	return err
}

func (e *engine) lexical(_ context.Context, text string) error {
	e.index.Sentences().BM25(index.Analyze(text), top, nil)
	return e.index.Err()
}

func (e *engine) dense(vector []float32) error {
	e.index.Sentences().Nearest(vector, top, nil)
	return e.index.Err()
}

func (e *engine) denseBatch(vectors [][]float32) error {
	queries := make([]index.VectorQuery, len(vectors))
	for i, v := range vectors {
		queries[i] = index.VectorQuery{Vector: v, K: top}
	}
	e.index.Sentences().NearestBatch(queries)
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
