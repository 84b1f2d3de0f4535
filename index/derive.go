package index

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ragner/ragner/index/dense"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/ordered"
	"github.com/ragner/ragner/index/records"
)

// embedRows is the number of rows whose texts go to the embedder at once; one that asks a server cuts them into requests.
const embedRows = 256

// pending is a collection whose records are written and whose words and vectors are not.
type pending struct {
	name     string
	text     func(row []byte) (string, error)
	previous []int // by row: the row of the previous generation with the same text, or -1
}

func (b *builder) writeWords(ctx context.Context, collections []pending) error {
	return b.eachCollection("words", collections, func(p pending, rows *records.Reader, progress func(int)) error {
		texts := lexical.Rows{Len: rows.Len(), Text: func(i int) string {
			text, err := rowText(p, rows, i)
			if err != nil {
				return "" // found by the check of the finished generation, which compares lengths
			}
			return text
		}}
		return lexical.Build(ctx, wordFiles(b.path, p.name), texts, b.options.Workers, progress)
	})
}

func (b *builder) writeVectors(ctx context.Context, collections []pending) error {
	if b.manifest.Embedder.ID == "" {
		return nil
	}
	return b.eachCollection("vectors", collections, func(p pending, rows *records.Reader, progress func(int)) (err error) {
		w, err := dense.Create(vectorFiles(b.path, p.name), b.manifest.Embedder.Dimensions)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		chunks := (rows.Len() + embedRows - 1) / embedRows
		work := func(ctx context.Context, i int) ([][]float32, error) {
			return b.embed(ctx, p, rows, i*embedRows, min((i+1)*embedRows, rows.Len()))
		}
		done := 0
		return ordered.Run(ctx, b.options.Workers, chunks, work, func(_ int, vectors [][]float32) error {
			for _, vector := range vectors {
				if !slices.ContainsFunc(vector, func(x float32) bool { return x != 0 }) {
					b.manifest.Embedder.Unknown++
				}
				if err := w.Append(vector); err != nil {
					return fmt.Errorf("embed %s: %w", p.name, err)
				}
			}
			done += len(vectors)
			progress(done)
			return nil
		})
	})
}

// embed gives the vectors of rows first to end, those of the previous generation where the text stands there.
func (b *builder) embed(ctx context.Context, p pending, rows *records.Reader, first, end int) ([][]float32, error) {
	vectors := make([][]float32, end-first)
	var texts []string
	var places []int
	for row := first; row < end; row++ {
		if old := p.previous[row]; old >= 0 {
			vectors[row-first] = b.previousVector(p.name, old)
			continue
		}
		text, err := rowText(p, rows, row)
		if err != nil {
			return nil, err
		}
		texts, places = append(texts, text), append(places, row-first)
	}
	if len(texts) == 0 {
		return vectors, nil
	}
	embedded, err := b.options.Embedder.Embed(ctx, texts)
	if err != nil {
		return nil, b.embedding(p.name, err)
	}
	if len(embedded) != len(texts) {
		return nil, fmt.Errorf("embed %s: %d vectors for %d texts", p.name, len(embedded), len(texts))
	}
	for i, vector := range embedded {
		vectors[places[i]] = vector
	}
	return vectors, nil
}

func (b *builder) previousVector(name string, row int) []float32 {
	switch name {
	case sentencesName:
		return b.previous.sentences.Vector(row)
	case passagesName:
		return b.previous.passages.Vector(row)
	default:
		return b.previous.names.Vector(row)
	}
}

func rowText(p pending, rows *records.Reader, i int) (string, error) {
	row, err := rows.Row(i)
	if err != nil {
		return "", err
	}
	return p.text(row)
}

// eachCollection calls write for each collection with its records, and reports progress over all of them.
func (b *builder) eachCollection(stage string, collections []pending, write func(pending, *records.Reader, func(int)) error) error {
	done, total := 0, 0
	for _, p := range collections {
		total += len(p.previous)
	}
	for _, p := range collections {
		rows, err := records.Open(b.file(p.name + ".records"))
		if err != nil {
			return err
		}
		err = write(p, rows, func(n int) { b.options.Progress(stage, done+n, total) })
		if err := errors.Join(err, rows.Close()); err != nil {
			return err
		}
		done += len(p.previous)
	}
	return nil
}
