package main

import (
	"fmt"
	"io"
	"iter"

	"github.com/ragner/ragner/corpora"
)

// annotated leaves out tasks that nobody has annotated yet, and says so at the end: an index would learn from them that
// proposals are right, or that there is nothing to find.
func annotated(w io.Writer, path string, docs iter.Seq2[corpora.Document, error]) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		left := 0
		defer func() {
			if left > 0 {
				fmt.Fprintf(w, "ragner: %s: %s left out, not annotated yet\n", path, plural(left, "task"))
			}
		}()
		for doc, err := range docs {
			if err == nil && doc.Unannotated {
				left++
				continue
			}
			if !yield(doc, err) {
				return
			}
		}
	}
}
