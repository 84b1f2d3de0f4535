package dense

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/philippgille/chromem-go"

	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/rank"
)

// smallRows is up to how many rows chromem-go answers: with more it takes longer than the scan of many times as many.
const smallRows = 256

// lazyChromem is a chromem-go collection in memory over the file's vectors, made at the first query. It is
// asked for all rows at once: asked for fewer it drops ties at the cut at random. It never gets a context that
// could be cancelled, which it answers with nothing and no error, nor a zero vector, which would score NaN.
type lazyChromem struct {
	once       sync.Once
	collection *chromem.Collection
	err        error
}

// askChromem answers sound queries with the candidates of chromem-go; should it fail, the scan does.
func (v *Vectors) askChromem(queries []Query) ([][]rank.Hit, error) {
	v.small.once.Do(func() { v.small.collection, v.small.err = fill(v) })
	if v.small.err != nil {
		return v.scanAll(queries) // finds damage itself
	}
	hits := make([][]rank.Hit, len(queries))
	for i, q := range queries {
		if v.small.collection.Count() == 0 {
			break // all rows are zero
		}
		results, err := v.small.collection.QueryEmbedding(context.Background(), q.Vector, v.small.collection.Count(), nil, nil)
		if err != nil {
			return v.scanAll(queries)
		}
		if hits[i], err = v.rescore(q, results); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// rescore selects by exact score among the results, best first, whose similarity could reach the k-th best.
func (v *Vectors) rescore(q Query, results []chromem.Result) ([]rank.Hit, error) {
	// Twice the largest error of a single-precision dot product of two unit vectors, in any order of summation:
	// n*u*|x|*|y| with u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), and some more
	// for lengths that are not exactly 1.
	slack := 2 * float64(v.dimensions+64) / (1 << 24)
	best := rank.NewTop(q.K)
	var kth float64 // the k-th best similarity
	kept := 0
	for _, r := range results {
		if kept >= q.K && float64(r.Similarity) < kth-slack {
			break
		}
		row, err := strconv.Atoi(r.ID)
		if err != nil || q.Keep != nil && !q.Keep(row) {
			continue
		}
		if kept++; kept == q.K {
			kth = float64(r.Similarity)
		}
		vector, err := v.Row(row)
		if err != nil {
			return nil, err
		}
		best.Add(rank.Hit{Row: row, Score: Dot(q.Vector, vector)})
	}
	return best.Ranked(), nil
}

func fill(v *Vectors) (collection *chromem.Collection, err error) {
	defer mapped.Catch(&err)() // so that no half of it is kept
	collection, err = chromem.NewDB().CreateCollection("rows", nil, noEmbedding)
	if err != nil {
		return nil, err
	}
	for row := range v.len {
		vector, err := v.Row(row)
		if err != nil {
			return nil, err
		}
		if isZero(vector) {
			continue
		}
		doc := chromem.Document{ID: strconv.Itoa(row), Embedding: slices.Clone(vector)} // it reads them on goroutines of its own
		if err := collection.AddDocument(context.Background(), doc); err != nil {
			return nil, err
		}
	}
	return collection, nil
}

func noEmbedding(context.Context, string) ([]float32, error) {
	return nil, fmt.Errorf("texts are embedded before they come here")
}
