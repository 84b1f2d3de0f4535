// Package plain reads text without annotations, a document a file, and writes text for people to read: entities
// coloured for a terminal or in brackets. What it writes is not meant to be read back.
package plain

import (
	"fmt"
	"io"
	"iter"

	"github.com/ragner/ragner/corpora"
)

func init() {
	corpora.Register(corpora.Format{
		Name:       "text",
		Extensions: []string{".txt", ".text"},
		Read:       read,
		NewWriter:  newWriter,
	})
}

// read yields the one document of a file, its text as it stands.
func read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		text, err := io.ReadAll(src.R)
		if err != nil {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			return
		}
		yield(corpora.Document{ID: src.Base, Text: string(text)}, nil)
	}
}
