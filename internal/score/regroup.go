package score

import (
	"iter"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// canRegroup reports whether the sentences of pred are to be cut into documents as gold has them, since one side of two
// tokenised files marks documents ("-DOCSTART-", "# newdoc") and the other does not. It applies when all documents are
// tokenised and both sides have as many sentences in another number of documents.
func (v *view) canRegroup(pred Documents) (bool, error) {
	if v.gold.running || v.pred.running || v.gold.sentences != v.pred.sentences || v.gold.documents == v.pred.documents {
		return false, nil
	}
	n := 0
	for _, err := range annotated(pred) {
		if err != nil {
			return false, err
		}
		n++
	}
	return n == v.pred.sentences, nil // else an entity crosses a border, so that two sentences became one
}

// annotated yields the sentences of all documents.
func annotated(docs Documents) iter.Seq2[corpora.Annotated, error] {
	return func(yield func(corpora.Annotated, error) bool) {
		for doc, err := range docs.All() {
			if err != nil {
				yield(corpora.Annotated{}, err)
				return
			}
			sentences, _ := corpora.Annotate(doc)
			for _, s := range sentences {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

// cut makes a document of the next sentences, as many as gold has.
func cut(gold corpora.Document, next func() (corpora.Annotated, error, bool)) (corpora.Document, error) {
	var sentences []corpora.Annotated
	for range gold.Sentences {
		s, err, _ := next()
		if err != nil {
			return corpora.Document{}, err
		}
		sentences = append(sentences, s)
	}
	return assemble(gold.ID, sentences), nil
}

// assemble makes a document of sentences, one a line.
func assemble(id string, sentences []corpora.Annotated) corpora.Document {
	doc := corpora.Document{ID: id}
	var text strings.Builder
	for i, s := range sentences {
		if i > 0 {
			text.WriteByte('\n')
		}
		for _, e := range s.Entities {
			doc.Entities = append(doc.Entities, e.Shift(text.Len()))
		}
		s.DocID, s.Index, s.Offset = id, i, text.Len()
		doc.Sentences = append(doc.Sentences, s.Sentence)
		text.WriteString(s.Text)
	}
	doc.Text = text.String()
	return doc
}
