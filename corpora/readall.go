package corpora

import (
	"errors"
	"iter"
)

// Read opens spec and yields its documents as Opened.Documents does.
func Read(spec Spec) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		o, err := Open(spec)
		if err != nil {
			yield(Document{}, err)
			return
		}
		o.Documents()(yield)
	}
}

// ReadAll reads all documents of spec. bad lists the errors of single documents; err is the one that ended it.
func ReadAll(spec Spec) (docs []Document, bad []error, err error) {
	for doc, err := range Read(spec) {
		var one *BadDocument
		switch {
		case err == nil:
			docs = append(docs, doc)
		case errors.As(err, &one):
			bad = append(bad, err)
		default:
			return docs, bad, err
		}
	}
	return docs, bad, nil
}
