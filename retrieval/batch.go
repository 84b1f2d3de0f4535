package retrieval

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ragner/ragner/index"
)

// MostTogether is how many queries are searched together at most: the codes of the index are read once for all of them, and
// an embedding server is asked once. More would gain little and hold more candidates in memory.
const MostTogether = 32

// Place is a query's place among the queries that are searched together. The zero Place is that of a query alone.
// Results do not depend on it.
type Place struct {
	batch *batch
	at    int
}

// batch are queries of which the first to be retrieved has all embedded and their nearest sentences found. It works
// for the first searcher that meets it; any other one takes its queries as alone.
type batch struct {
	queries []Query

	claim sync.Mutex
	owner *Searcher

	embed   sync.Once
	vectors [][]float32
	failure error

	search sync.Once
	k      int // that was searched for
	hits   [][]index.Hit
}

// Together gives each query, which are those of one document in order, its place.
func Together(queries []Query) []Place {
	places := make([]Place, 0, len(queries))
	for first := 0; first < len(queries); first += MostTogether {
		b := &batch{queries: queries[first:min(first+MostTogether, len(queries))]}
		for at := range b.queries {
			places = append(places, Place{b, at})
		}
	}
	return places
}

// batchOf is the query's batch if it is this searcher's, and the query the one that it knows.
func (r *Searcher) batchOf(q Query) *batch {
	b := q.Place.batch
	if b == nil || len(b.queries) < 2 || !b.queries[q.Place.at].findsLike(q) {
		return nil
	}
	b.claim.Lock()
	defer b.claim.Unlock()
	if b.owner == nil {
		b.owner = r
	}
	if b.owner != r {
		return nil
	}
	return b
}

// findsLike reports whether two queries have the same nearest sentences.
func (q Query) findsLike(o Query) bool {
	return q.Sentence.Text == o.Sentence.Text && q.Sentence.DocID == o.Sentence.DocID && slices.Equal(q.Exclude, o.Exclude)
}

// vectorOf embeds the query.
func (r *Searcher) vectorOf(ctx context.Context, q Query) ([]float32, error) {
	b, at := r.batchOf(q), q.Place.at
	if b == nil {
		b, at = &batch{queries: []Query{q}}, 0
	}
	b.embed.Do(func() { b.vectors, b.failure = r.embedAll(ctx, b.queries) })
	if b.failure != nil {
		return nil, b.failure
	}
	return b.vectors[at], nil
}

func (r *Searcher) embedAll(ctx context.Context, queries []Query) ([][]float32, error) {
	texts := make([]string, len(queries))
	for i, q := range queries {
		texts[i] = q.Sentence.Text
	}
	vectors, err := r.embedder.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed the query: %w", err)
	}
	if len(vectors) != len(texts) {
		return nil, fmt.Errorf("embed the query: the embedder gave %d vectors for %d texts", len(vectors), len(texts))
	}
	return vectors, nil
}

// nearest are the rows nearest to a query's vector, those that keep, which for sentences is showableFor, refuses left
// out.
func (r *Searcher) nearest(c *index.Collection, q Query, vector []float32, k int, keep func(row int) bool) []index.Hit {
	b := r.batchOf(q)
	if b == nil || c != r.index.Sentences() {
		return c.Nearest(vector, k, keep)
	}
	b.search.Do(func() { b.k, b.hits = k, r.nearestAll(b, k) })
	if b.k != k {
		return c.Nearest(vector, k, keep)
	}
	return b.hits[q.Place.at]
}

func (r *Searcher) nearestAll(b *batch, k int) [][]index.Hit {
	queries := make([]index.VectorQuery, len(b.queries))
	for i, q := range b.queries {
		queries[i] = index.VectorQuery{Vector: b.vectors[i], K: k, Keep: r.showableFor(q)}
	}
	return r.index.Sentences().NearestBatch(queries)
}

// showableFor accepts the sentences that may be shown for a query.
func (r *Searcher) showableFor(q Query) func(row int) bool {
	return r.showable(&search{Query: q})
}
