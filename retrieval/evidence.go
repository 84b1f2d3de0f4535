// Package retrieval turns a query sentence into evidence: annotated sentences to show as demonstrations,
// and the terms that the sentence contains. It reads an index and never calls a generative model.
package retrieval

import (
	"context"
	"strconv"

	"github.com/ragner/ragner/corpora"
)

// Contribution is what one source gave to a hit. Rank counts from 1 in that source's own list.
type Contribution struct {
	Source string  `json:"source"` // "bm25", "dense", "lexicon", "coverage", …
	Rank   int     `json:"rank"`
	Score  float64 `json:"score"`
}

// Demonstration is an annotated sentence of the index chosen for a query. Offsets of its entities are bytes
// of Sentence.Text.
type Demonstration struct {
	Sentence corpora.Sentence
	Entities []corpora.Entity
	Score    float64
	From     []Contribution
}

// Ref names the demonstration's sentence as "document#index".
func (d Demonstration) Ref() string { return Ref(d.Sentence) }

// TermHit is a stretch of the query that names a term or stands annotated in the corpus. Fragment counts bytes
// of the query. Term.ID is "" for a surface known from annotations alone; Prior is the share of the surface's
// occurrences in the corpus that are annotated with Term.Label, smoothed, 0 to 1.
type TermHit struct {
	Term     corpora.Term
	Fragment corpora.Fragment
	Surface  string
	Prior    float64
	Chance   float64 // that the learned tagger gives it as a mention; 0: it was not asked
	From     []Contribution
	Senses   []Sense // all terms that the surface may name, Term first
}

// Evidence is what a retriever found. Demonstrations come best first, after those that are shared; term hits in text
// order.
type Evidence struct {
	Demonstrations []Demonstration
	Terms          []TermHit
	Passages       []corpora.Sentence // unlabelled text, best first

	// Shared says how many of Demonstrations, the first ones, are shared with other queries (Searcher.RetrieveShared).
	Shared int
}

// Query is one sentence to find evidence for.
type Query struct {
	Sentence corpora.Sentence

	// Exclude names documents whose sentences must not be shown, besides Sentence.DocID itself.
	Exclude []string
	// Abbreviations are the short forms that the sentence's document defines, with their long forms.
	Abbreviations map[string]string
	// Place is that of the query among those of its document, which are faster together.
	Place Place
}

// Retriever finds evidence for a query. Implementations are safe for concurrent use and deterministic.
type Retriever interface {
	Retrieve(ctx context.Context, q Query) (Evidence, error)
}

// Ref names a sentence as "document#index", the form in which predictions name their demonstrations.
func Ref(s corpora.Sentence) string { return s.DocID + "#" + strconv.Itoa(s.Index) }
