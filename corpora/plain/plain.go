// Package plain reads text without annotations, a document a file, and writes text for people to read: entities
// coloured for a terminal or in brackets. What it writes is not meant to be read back.
package plain

import (
	"fmt"
	"iter"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
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
		limits := src.Spec.Limits
		text, ok, err := bounded.All(src.R, limits.Bytes())
		switch {
		case err != nil:
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
		case !ok:
			err := fmt.Errorf("%w; cut the file, or write its texts as JSON lines", limits.TooLarge("the file, which is one document,"))
			yield(corpora.Document{}, &corpora.BadDocument{Path: src.Name, ID: src.Base, Err: err})
		default:
			yield(corpora.Document{ID: src.Base, Text: text}, nil)
		}
	}
}
