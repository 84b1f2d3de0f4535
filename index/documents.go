package index

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

// Documents yields the annotated documents that the index was built from, as far as it knows them: their sentences
// with the annotations that each had in its document, at their offsets, with spaces for what stood between. All
// sentences are held in memory meanwhile.
func (x *Index) Documents() iter.Seq[corpora.Document] { return x.documentsOf(0, x.sentences) }

// PassageDocuments yields the unlabelled documents in the same way.
func (x *Index) PassageDocuments() iter.Seq[corpora.Document] { return x.documentsOf(1, x.passages) }

func (x *Index) documentsOf(kind int, c *Collection) iter.Seq[corpora.Document] {
	return func(yield func(corpora.Document) bool) {
		parts := make([][]corpora.Annotated, x.documents[kind].rows.Len())
		for row := range c.Len() {
			x.deal(parts, c, row)
		}
		for n, sentences := range parts {
			slices.SortFunc(sentences, func(a, b corpora.Annotated) int { return cmp.Compare(a.Index, b.Index) })
			if !yield(assemble(x.document(kind, n).id, sentences)) {
				return
			}
		}
	}
}

// deal gives a row's sentence to each document that it stands in, as it stands there.
func (x *Index) deal(parts [][]corpora.Annotated, c *Collection, row int) {
	d := records.NewDecoder(c.row(row))
	text := d.String()
	tokens := decodeTokens(d, text)
	for range d.Count() {
		entities := decodeEntities(d, len(text), x.labels)
		list := decodeOccurrences(d, len(parts))
		if d.Err() != nil {
			break
		}
		for _, o := range list {
			s := corpora.Sentence{Index: o.index, Text: text, Offset: o.offset, Tokens: tokens}
			parts[o.doc] = append(parts[o.doc], corpora.Annotated{Sentence: s, Entities: entities})
		}
	}
	if err := d.Close(); err != nil {
		x.damaged(c.file("records"), err)
	}
}

// assemble is the document of sentences that are in order.
func assemble(id string, parts []corpora.Annotated) corpora.Document {
	doc := corpora.Document{ID: id}
	var text strings.Builder
	for _, p := range parts {
		if text.Len() > p.Offset {
			p.Offset = text.Len() + 1 // documents of one id, joined
		}
		text.WriteString(strings.Repeat(" ", p.Offset-text.Len()))
		text.WriteString(p.Text)
		p.DocID = id
		doc.Sentences = append(doc.Sentences, p.Sentence)
		for _, e := range p.Entities {
			doc.Entities = append(doc.Entities, e.Shift(p.Offset))
		}
	}
	doc.Text = text.String()
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc
}

// Digest is the SHA-256 of the manifest in hexadecimal digits; the manifest has those of all files.
func (x *Index) Digest() string { return x.digest }
