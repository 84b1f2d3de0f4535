package score

import (
	"iter"

	"github.com/ragner/ragner/corpora"
)

// Documents are read several times, each time in the same order; they need not be in memory.
type Documents interface {
	Len() int
	// All yields the documents in order, and ends with the first error.
	All() iter.Seq2[corpora.Document, error]
	// At is document i, from 0.
	At(i int) (corpora.Document, error)
}

// InMemory are documents that all are in memory. Reading them gives no error.
type InMemory []corpora.Document

var _ Documents = InMemory(nil)

// Len is their number.
func (d InMemory) Len() int { return len(d) }

// At is document i.
func (d InMemory) At(i int) (corpora.Document, error) { return d[i], nil }

// All yields them in order.
func (d InMemory) All() iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, doc := range d {
			if !yield(doc, nil) {
				return
			}
		}
	}
}
