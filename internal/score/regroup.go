package score

import (
	"strings"

	"github.com/ragner/ragner/corpora"
)

// regroup cuts the sentences of pred into documents as gold has them, where one side of two tokenised files marks
// documents ("-DOCSTART-", "# newdoc") and the other does not. It applies when all documents are tokenised and
// both sides have as many sentences in another number of documents; ok is false otherwise.
func regroup(gold, pred []corpora.Document) (regrouped []corpora.Document, ok bool) {
	wanted, okGold := countSentences(gold)
	have, okPred := countSentences(pred)
	if !okGold || !okPred || wanted != have || len(gold) == len(pred) {
		return nil, false
	}
	var stream []corpora.Annotated
	for _, d := range pred {
		sentences, _ := corpora.Annotate(d)
		stream = append(stream, sentences...)
	}
	if len(stream) != have { // an entity crosses a border, so that two sentences became one
		return nil, false
	}
	for _, g := range gold {
		n := len(g.Sentences)
		regrouped = append(regrouped, assemble(g.ID, stream[:n]))
		stream = stream[n:]
	}
	return regrouped, true
}

// countSentences adds up the sentences; ok is false when a document is not tokenised.
func countSentences(docs []corpora.Document) (n int, ok bool) {
	for _, d := range docs {
		if !tokenised(d) {
			return 0, false
		}
		n += len(d.Sentences)
	}
	return n, true
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
