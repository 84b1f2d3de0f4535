package retrieval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/lexicon"
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
func (r *Searcher) Retrieve(ctx context.Context, q Query) (e Evidence, err error) {
	defer r.Safely(&err)()
	if err := ctx.Err(); err != nil {
		return Evidence{}, err
	}
	found, err := r.newSearch(ctx, q)
	if err != nil {
		return Evidence{}, err
	}
	return Evidence{
		Demonstrations: r.demonstrations(found),
		Terms:          r.terms(found),
		Passages:       r.passages(found),
	}, nil
}

// Safely ends work with the searcher on one goroutine, as index.Index.Safely does: the methods without an error of their
// own give zero values where the index is damaged.
func (r *Searcher) Safely(err *error) func() { return r.index.Safely(err) }

// search is one query with what all its parts share.
type search struct {
	Query
	words    []string
	vector   []float32 // nil: unknown words only, or no embedder
	text     forward.Text
	held     *held     // nil: nothing
	mentions []likely  // to be shown; none where they do not matter
	chances  []float64 // by word of text: the chance of the likeliest mention that it is in

	found []lexicon.Candidate // by spans
	asked bool
}

func (r *Searcher) newSearch(ctx context.Context, q Query) (*search, error) {
	s := &search{Query: q, words: index.Analyze(q.Sentence.Text)}
	if r.embedder == nil || r.settings.Mode == "lexical" {
		return s, nil
	}
	vector, err := r.vectorOf(ctx, q)
	if err != nil {
		return nil, err
	}
	if s.vector, err = direction(vector, r.embedder.Dimensions()); err != nil {
		return nil, fmt.Errorf("embed the query: %w", err)
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

// spans are the Spans of the query, looked up once.
func (s *search) spans(r *Searcher) []lexicon.Candidate {
	if !s.asked {
		s.found, s.asked = r.Spans(s.Query), true
	}
	return s.found
}

// channels asks the lexical and the dense index for their best rows.
func (r *Searcher) channels(c *index.Collection, s *search, keep func(int) bool, k int) []ranked {
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
		found = append(found, channel("bm25", 1-weight, c.Lexical(r.lexical(s.words, k, keep))))
	}
	if weight > 0 && s.vector != nil {
		found = append(found, channel("dense", weight, r.nearest(c, s.Query, s.vector, k, keep)))
	}
	return found
}

func (r *Searcher) lexical(tokens []string, k int, keep func(int) bool) lexical.Query {
	return lexical.Query{Tokens: tokens, K: k, Keep: keep, Parameters: &lexical.Parameters{K1: r.settings.K1, B: r.settings.B}}
}

func channel(source string, weight float64, hits []index.Hit) ranked {
	c := ranked{source: source, weight: weight, rows: make([]int, len(hits)), scores: make([]float64, len(hits))}
	for i, h := range hits {
		c.rows[i], c.scores[i] = h.Row, h.Score
	}
	return c
}

// passages finds unlabelled sentences by the same channels, without choice.
func (r *Searcher) passages(s *search) []corpora.Sentence {
	rows := r.index.Passages()
	if r.settings.Passages == 0 || rows.Len() == 0 {
		return nil
	}
	list := fuse(r.settings.Fusion, r.channels(rows, s, without(s, r.index.PassagesOf), r.settings.Passages))
	var out []corpora.Sentence
	for _, f := range list[:min(len(list), r.settings.Passages)] {
		out = append(out, r.index.Passage(f.row).Sentence)
	}
	return out
}
