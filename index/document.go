package index

import (
	"slices"

	"github.com/ragner/ragner/index/records"
)

// A row of sentences.documents or passages.documents: the document's id, the number of its source in the
// manifest, and the distinct rows of its sentences, ascending, each as the difference from the one before.

type documentRow struct {
	id     string
	source int
	rows   []int
}

func encodeDocument(e *records.Encoder, d documentRow) {
	e.String(d.id)
	e.Uint(d.source)
	e.Uint(len(d.rows))
	before := 0
	for _, row := range d.rows {
		e.Uint(row - before)
		before = row
	}
}

func decodeDocument(row []byte, rows int) (documentRow, error) {
	d := records.NewDecoder(row)
	doc := documentRow{id: d.String(), source: d.Uint(maxNumber)}
	before := 0
	for range d.Count() {
		before += d.Uint(rows - 1 - before)
		doc.rows = append(doc.rows, before)
	}
	return doc, d.Close()
}

func (x *Index) documentID(kind, doc int) (string, error) {
	row, err := x.documents[kind].rows.Row(doc)
	if err != nil {
		return "", err
	}
	d := records.NewDecoder(row)
	id := d.String()
	return id, d.Err()
}

// rowsOf lists the rows of the documents with this id; there is more than one when a corpus repeats an id.
func (x *Index) rowsOf(kind int, id string) []int {
	t := &x.documents[kind]
	docs, err := t.ids.find(id)
	if err != nil {
		x.damaged(x.texts(kind).file("ids"), err)
	}
	var rows []int
	for _, doc := range docs {
		if found := x.document(kind, doc); found.id == id {
			rows = append(rows, found.rows...)
		}
	}
	return slices.Clip(rows)
}

func (x *Index) document(kind, doc int) documentRow {
	row, err := x.documents[kind].rows.Row(doc)
	if err == nil {
		var d documentRow
		if d, err = decodeDocument(row, x.texts(kind).Len()); err == nil {
			return d
		}
	}
	x.damaged(x.texts(kind).file("documents"), err)
	return documentRow{}
}

func (x *Index) texts(kind int) *Collection {
	if kind == 0 {
		return x.sentences
	}
	return x.passages
}
