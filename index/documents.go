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
// with the annotations that each had in its document, at their offsets, with spaces for what stood between. The sentences of
// some thousand documents are held in memory at once.
func (x *Index) Documents() iter.Seq[corpora.Document] { return x.documentsOf(0, dealtAtOnce) }

// PassageDocuments yields the unlabelled documents in the same way.
func (x *Index) PassageDocuments() iter.Seq[corpora.Document] { return x.documentsOf(1, dealtAtOnce) }

// dealtAtOnce is how many documents are put together at once. A sentence that stands in many, such as a heading, is read again for
// each so many of them.
const dealtAtOnce = 4096

func (x *Index) documentsOf(kind, atOnce int) iter.Seq[corpora.Document] {
	return func(yield func(corpora.Document) bool) {
		n := x.documents[kind].rows.Len()
		for first := 0; first < n; first += atOnce {
			for _, doc := range x.dealOut(kind, first, min(first+atOnce, n)) {
				if !yield(doc.assemble()) {
					return
				}
			}
		}
	}
}

// dealt is a document with its sentences, in any order.
type dealt struct {
	id        string
	sentences []corpora.Annotated
}

// dealOut puts together the documents from first up to end.
func (x *Index) dealOut(kind, first, end int) []dealt {
	docs := make([]dealt, end-first)
	var rows []int
	for i := range docs {
		doc := x.document(kind, first+i)
		docs[i].id = doc.id
		rows = append(rows, doc.rows...)
	}
	slices.Sort(rows)
	for _, row := range slices.Compact(rows) {
		x.deal(docs, first, kind, row)
	}
	return docs
}

// deal gives a row's sentence to each of the documents, the first of which has the number first, as it stands there.
func (x *Index) deal(docs []dealt, first, kind, row int) {
	c := x.texts(kind)
	d := records.NewDecoder(c.row(row))
	text := d.String()
	tokens := decodeTokens(d, text)
	for range d.Count() {
		entities := decodeEntities(d, len(text), x.labels)
		list := decodeOccurrences(d, x.documents[kind].rows.Len())
		if d.Err() != nil {
			break
		}
		for _, o := range list {
			if i := o.doc - first; i >= 0 && i < len(docs) {
				s := corpora.Sentence{Index: o.index, Text: text, Offset: o.offset, Tokens: tokens}
				docs[i].sentences = append(docs[i].sentences, corpora.Annotated{Sentence: s, Entities: entities})
			}
		}
	}
	if err := d.Close(); err != nil {
		x.damaged(c.file("records"), err)
	}
}

// assemble makes one text of the sentences.
func (d dealt) assemble() corpora.Document {
	slices.SortFunc(d.sentences, func(a, b corpora.Annotated) int { return cmp.Compare(a.Index, b.Index) })
	doc := corpora.Document{ID: d.id}
	var text strings.Builder
	for _, p := range d.sentences {
		if text.Len() > p.Offset {
			p.Offset = text.Len() + 1 // documents of one id, joined
		}
		text.WriteString(strings.Repeat(" ", p.Offset-text.Len()))
		text.WriteString(p.Text)
		p.DocID = d.id
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
