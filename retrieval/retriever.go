package retrieval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
)

// Searcher is the retriever over an index.
type Searcher struct {
	index    *index.Index
	embedder embed.Embedder // nil: no dense channel
	settings Settings
	held     heldDocuments
}

var _ Retriever = (*Searcher)(nil)

// New returns a retriever. embedder may be nil: then "hybrid" is lexical alone and "dense" is refused, as it is for
// an index without vectors. The error wraps index.ErrMismatch where the index's vectors are another embedder's.
func New(ix *index.Index, embedder embed.Embedder, s Settings) (*Searcher, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Mode == "dense" && ix.Manifest().Embedder.ID == "" {
		return nil, errors.New("retrieval mode dense: the index has no vectors; use lexical, or build it with an embedder")
	}
	if s.Mode == "dense" && embedder == nil {
		return nil, errors.New("retrieval mode dense: no embedder is given for the queries")
	}
	if embedder != nil && ix.Manifest().Embedder.ID != "" {
		if err := ix.Fits(embedder); err != nil {
			return nil, err
		}
	}
	return &Searcher{index: ix, embedder: embedder, settings: s}, nil
}

// Settings are those the searcher was made with.
func (r *Searcher) Settings() Settings { return r.settings }

// Retrieve finds demonstrations, term hits and passages for one sentence.
func (r *Searcher) Retrieve(ctx context.Context, q Query) (Evidence, error) {
	if err := ctx.Err(); err != nil {
		return Evidence{}, err
	}
	found, err := r.newSearch(ctx, q)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{
		Demonstrations: r.demonstrations(found),
		Terms:          r.terms(found),
		Passages:       r.passages(found),
	}
	return e, r.index.Err()
}

// search is one query with what all its parts share.
type search struct {
	Query
	words  []string
	vector []float32 // nil: unknown words only, or no embedder
}

func (r *Searcher) newSearch(ctx context.Context, q Query) (search, error) {
	s := search{Query: q, words: index.Analyze(q.Sentence.Text)}
	if r.embedder == nil || r.settings.Mode == "lexical" {
		return s, nil
	}
	vector, err := r.vectorOf(ctx, q)
	if err != nil {
		return search{}, err
	}
	if s.vector, err = direction(vector, r.embedder.Dimensions()); err != nil {
		return search{}, fmt.Errorf("embed the query: %w", err)
	}
	return s, nil
}

// direction is a vector, nil when it is all zero. One that is not finite, or of another width, would be answered with
// wrong neighbours.
func direction(vector []float32, dimensions int) ([]float32, error) {
	if len(vector) != dimensions {
		return nil, fmt.Errorf("the embedder gave no vector of %d dimensions", dimensions)
	}
	zero := true
	for _, x := range vector {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return nil, errors.New("the embedder gave a vector with a value that is not finite")
		}
		zero = zero && x == 0
	}
	if zero {
		return nil, nil
	}
	return vector, nil
}

// demonstrations chooses sentences by the mode.
func (r *Searcher) demonstrations(s search) []Demonstration {
	rows := r.index.Sentences()
	if r.settings.K == 0 || r.settings.Mode == "none" || rows.Len() == 0 {
		return nil
	}
	c := chooser{settings: r.settings, query: r.weights(s.words)}
	if r.settings.Mode == "random" || r.settings.Mode == "fixed" {
		c.settings.Coverage, c.settings.Balance = false, false
	}
	chosen := c.choose(r.pool(s, c))
	out := make([]Demonstration, 0, len(chosen))
	for _, p := range chosen {
		out = append(out, Demonstration{p.record.Sentence, p.record.Entities, p.score, p.from})
	}
	return out
}

// pool gathers candidates: the fused best of the channels, or a random draw.
func (r *Searcher) pool(s search, c chooser) []candidate {
	keep := keeper(s, r.index.SentencesOf)
	var list []fused
	switch r.settings.Mode {
	case "random":
		list = r.draw(seedOf(s.Sentence.Text, r.settings.Seed), keep)
	case "fixed":
		list = r.draw(r.settings.Seed, keep)
	default:
		list = fuse(r.settings.Fusion, r.channels(r.index.Sentences(), s, keep, max(r.settings.Candidates, r.poolSize())))
	}
	pool := make([]candidate, 0, len(list))
	for _, f := range list[:min(len(list), r.poolSize())] {
		pool = append(pool, c.candidate(f, r.index.Sentence(f.row)))
	}
	return pool
}

func (r *Searcher) poolSize() int { return max(r.settings.Pool, r.settings.K) }

// channels asks the lexical and the dense index for their best rows.
func (r *Searcher) channels(c *index.Collection, s search, keep func(int) bool, k int) []ranked {
	var found []ranked
	weight := r.settings.DenseWeight
	switch {
	case r.settings.Mode == "lexical" || s.vector == nil: // no known word: only the words as they stand can find it
		weight = 0
	case r.settings.Mode == "dense":
		weight = 1
	}
	if r.settings.Fusion == "rrf" && weight > 0 && weight < 1 {
		weight = 0.5
	}
	if weight < 1 {
		found = append(found, channel("bm25", 1-weight, c.BM25(s.words, k, keep)))
	}
	if weight > 0 && s.vector != nil {
		found = append(found, channel("dense", weight, r.nearest(c, s.Query, s.vector, k, keep)))
	}
	return found
}

func channel(source string, weight float64, hits []index.Hit) ranked {
	c := ranked{source: source, weight: weight}
	for _, h := range hits {
		c.rows = append(c.rows, h.Row)
		c.scores = append(c.scores, h.Score)
	}
	return c
}

// keeper leaves out the sentences of the query's own document and of those it excludes.
func keeper(s search, rowsOf func(docID string) []int) func(row int) bool {
	out := map[int]bool{}
	for _, id := range append([]string{s.Sentence.DocID}, s.Exclude...) {
		for _, row := range rowsOf(id) {
			out[row] = true
		}
	}
	return func(row int) bool { return !out[row] }
}

// weights are the query's known words, in their order, with their share of the information to cover (inverse document
// frequency).
func (r *Searcher) weights(words []string) []queryWord {
	rows := r.index.Sentences()
	known, sum := make([]queryWord, 0, len(words)), 0.0
	seen := make(map[string]bool, len(words))
	for _, w := range words {
		if seen[w] {
			continue
		}
		seen[w] = true
		if df := rows.DocumentFrequency(w); df > 0 {
			weight := math.Log1p((float64(rows.Len()) - float64(df) + 0.5) / (float64(df) + 0.5))
			known, sum = append(known, queryWord{w, weight}), sum+weight
		}
	}
	slices.SortFunc(known, func(a, b queryWord) int { return strings.Compare(a.word, b.word) })
	for i := range known {
		known[i].weight /= sum
	}
	return known
}

// draw picks pool rows at random without repeats, the same for the same seed.
func (r *Searcher) draw(seed uint64, keep func(int) bool) []fused {
	rng := rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15))
	var list []fused
	n := r.index.Sentences().Len()
	for tried := map[int]bool{}; len(tried) < n && len(list) < r.poolSize(); {
		row := rng.IntN(n)
		if tried[row] {
			continue
		}
		tried[row] = true
		if keep(row) {
			list = append(list, fused{row: row, from: []Contribution{{"random", len(list) + 1, 0}}})
		}
	}
	return list
}

func seedOf(text string, seed uint64) uint64 {
	h := seed ^ 0xcbf29ce484222325
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return h
}

// passages finds unlabelled sentences by the same channels, without choice.
func (r *Searcher) passages(s search) []corpora.Sentence {
	rows := r.index.Passages()
	if r.settings.Passages == 0 || rows.Len() == 0 {
		return nil
	}
	list := fuse(r.settings.Fusion, r.channels(rows, s, keeper(s, r.index.PassagesOf), r.settings.Passages))
	var out []corpora.Sentence
	for _, f := range list[:min(len(list), r.settings.Passages)] {
		out = append(out, r.index.Passage(f.row).Sentence)
	}
	return out
}
