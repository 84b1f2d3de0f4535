package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
)

// build makes the index in dir in this process.
func build(ctx context.Context, dir string, t texts, embedder embed.Embedder, progress func(stage string, done, total int)) error {
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "bench"}, Documents: withoutErrors(t.documents())}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: t.terms}},
	}
	_, err := index.Build(ctx, dir, in, index.Options{Embedder: embedder, EmbedderID: "static", Progress: progress})
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

// buildStages says how long each stage of a build takes.
func buildStages(ctx context.Context, o options, dir string) error {
	data, err := load(o)
	if err != nil {
		return err
	}
	embedder, err := embed.NewStatic()
	if err != nil {
		return err
	}
	s := stages{name: "open", since: time.Now(), before: processorTime()}
	err = build(ctx, filepath.Join(dir, "index"), data, embedder, func(stage string, _, _ int) { s.enter(stage) })
	s.enter("")
	return err
}

// stages prints each stage when the next one begins.
type stages struct {
	name   string
	since  time.Time
	before time.Duration // of the processor
}

func (s *stages) enter(name string) {
	if name == s.name {
		return
	}
	now, used := time.Now(), processorTime()
	fmt.Printf("%-10s %7.2f s %7.2f CPU s\n", s.name, now.Sub(s.since).Seconds(), (used - s.before).Seconds())
	*s = stages{name, now, used}
}

// opens is how often opening is measured.
const opens = 20

// opening is the median time in milliseconds of opening the index.
func opening(dir string, embedder embed.Embedder) (float64, error) {
	var times []float64
	for range opens {
		start := time.Now()
		x, err := index.Open(dir, index.OpenOptions{Embedder: embedder})
		if err != nil {
			return 0, err
		}
		times = append(times, milliseconds(time.Since(start)))
		if err := errors.Join(x.Err(), x.Close()); err != nil {
			return 0, err
		}
	}
	return quantile(times, 0.5), nil
}

func reportOpening(dir string, embedder embed.Embedder) error {
	median, err := opening(dir, embedder)
	if err == nil {
		fmt.Printf("opening the index: %.2f ms\n\n", median)
	}
	return err
}
