package dense

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/philippgille/chromem-go"
)

// lazyChromem is a chromem-go collection in memory over the file's vectors, made at the first query. It is
// asked for all rows at once: asked for fewer it drops ties at the cut at random. It never gets a context that
// could be cancelled, which it answers with nothing and no error, nor a zero vector, which would score NaN.
type lazyChromem struct {
	once       sync.Once
	collection *chromem.Collection
	err        error
}

// scores fills scores with the similarities that chromem-go computes; without it, the scan does.
func (l *lazyChromem) scores(v *Vectors, query, scores []float32) {
	l.once.Do(func() { l.collection, l.err = fill(v) })
	clear(scores) // zero vectors are not in the collection
	if l.err != nil || l.collection.Count() == 0 {
		scan(v, query, scores)
		return
	}
	results, err := l.collection.QueryEmbedding(context.Background(), query, l.collection.Count(), nil, nil)
	if err != nil {
		scan(v, query, scores)
		return
	}
	for _, r := range results {
		if row, err := strconv.Atoi(r.ID); err == nil && row >= 0 && row < len(scores) {
			scores[row] = r.Similarity
		}
	}
}

func fill(v *Vectors) (*chromem.Collection, error) {
	collection, err := chromem.NewDB().CreateCollection("rows", nil, noEmbedding)
	if err != nil {
		return nil, err
	}
	for row := range v.rows {
		if isZero(v.Row(row)) {
			continue
		}
		doc := chromem.Document{ID: strconv.Itoa(row), Embedding: v.Row(row)}
		if err := collection.AddDocument(context.Background(), doc); err != nil {
			return nil, err
		}
	}
	return collection, nil
}

func noEmbedding(context.Context, string) ([]float32, error) {
	return nil, fmt.Errorf("texts are embedded before they come here")
}
