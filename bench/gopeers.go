package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/en" // registers the analyzer "en"
	"github.com/philippgille/chromem-go"
)

// goPeers are bleve's MatchQuery and chromem-go's query as their own introductions show them, in this process.
func goPeers(ctx context.Context, dir string, data texts, ours *engine, vectors [][]float32) ([]contestant, func() error, error) {
	words, err := bleveIndex(filepath.Join(dir, "bleve"), ours)
	if err != nil {
		return nil, nothing, fmt.Errorf("bleve: %w", err)
	}
	collection, err := chromemCollection(ctx, ours)
	if err != nil {
		return nil, words.Close, fmt.Errorf("chromem-go: %w", err)
	}
	return []contestant{
		byNumber(lexicalTask, "bleve, MatchQuery", func(ctx context.Context, q int) error {
			request := bleve.NewSearchRequestOptions(bleve.NewMatchQuery(data.queries[q]), top, 0, false)
			_, err := words.SearchInContext(ctx, request)
			return err
		}),
		byNumber(denseTask, "chromem-go", func(ctx context.Context, q int) error {
			_, err := collection.QueryEmbedding(ctx, vectors[q], top, nil, nil)
			return err
		}),
	}, words.Close, nil
}

func bleveIndex(path string, ours *engine) (bleve.Index, error) {
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = "en"
	words, err := bleve.New(path, mapping)
	if err != nil {
		return nil, err
	}
	sentences, batch := ours.index.Sentences(), words.NewBatch()
	for row := range sentences.Len() {
		if err := batch.Index(strconv.Itoa(row), map[string]string{"text": sentences.Text(row)}); err != nil {
			return nil, err
		}
		if batch.Size() == 2000 || row == sentences.Len()-1 {
			if err := words.Batch(batch); err != nil {
				return nil, err
			}
			batch.Reset()
		}
	}
	return words, nil
}

func chromemCollection(ctx context.Context, ours *engine) (*chromem.Collection, error) {
	collection, err := chromem.NewDB().CreateCollection("sentences", nil, nil)
	if err != nil {
		return nil, err
	}
	sentences := ours.index.Sentences()
	documents := make([]chromem.Document, sentences.Len())
	for row := range documents {
		documents[row] = chromem.Document{ID: strconv.Itoa(row), Content: sentences.Text(row), Embedding: sentences.Vector(row)}
	}
	return collection, collection.AddDocuments(ctx, documents, runtime.NumCPU())
}
