package index

import (
	"slices"
	"strconv"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

// A row of sentences.records or passages.records: the text, its tokens where they are not those of
// corpora.Tokenize, then the annotations that its occurrences have, most frequent first, each with its entities
// and occurrences. All numbers are unsigned varints.

// occurrence is where a sentence stands.
type occurrence struct{ doc, index, offset int }

// encodeText appends a sentence's text and tokens.
func encodeText(e *records.Encoder, s corpora.Sentence) {
	e.String(s.Text)
	if s.Tokens == nil || slices.Equal(s.Tokens, corpora.Tokenize(s.Text)) {
		e.Uint(0)
		return
	}
	e.Uint(len(s.Tokens) + 1)
	at := 0
	for _, t := range s.Tokens {
		e.Uint(t.Start - at)
		e.Uint(t.End - t.Start)
		at = t.End
	}
}

// decodeText is the text of a row.
func decodeText(row []byte) (string, error) {
	d := records.NewDecoder(row)
	text := d.String()
	return text, d.Err()
}

// skipText returns what encodeText wrote of a row, and what follows.
func skipText(row []byte) (text, rest []byte, err error) {
	d := records.NewDecoder(row)
	limit := len(d.Raw())
	for range max(d.Uint(limit+1)-1, 0) {
		d.Uint(limit)
		d.Uint(limit)
	}
	rest = row[len(row)-d.Left():]
	return row[:len(row)-len(rest)], rest, d.Err()
}

func decodeTokens(d *records.Decoder, text string) []corpora.Token {
	n := d.Uint(len(text) + 1)
	if n == 0 {
		return corpora.Tokenize(text)
	}
	tokens := make([]corpora.Token, 0, n-1)
	at := 0
	for range n - 1 {
		start := at + d.Uint(len(text)-at)
		at = start + d.Uint(len(text)-start)
		tokens = append(tokens, corpora.Token{Start: start, End: at})
	}
	return tokens
}

// encodeEntities encodes what counts of an annotation; the files' own entity ids do not.
func encodeEntities(e *records.Encoder, entities []corpora.Entity, label func(string) int) {
	e.Uint(len(entities))
	for _, entity := range entities {
		e.Uint(label(entity.Label))
		e.Uint(len(entity.Fragments))
		at := 0
		for _, f := range entity.Fragments {
			e.Uint(f.Start - at)
			e.Uint(f.End - f.Start)
			at = f.End
		}
		e.Strings(entity.Concepts)
	}
}

func decodeEntities(d *records.Decoder, length int, labels []string) []corpora.Entity {
	n := d.Count()
	if n == 0 {
		return nil
	}
	entities := make([]corpora.Entity, 0, n)
	for range n {
		var e corpora.Entity
		if label := d.Uint(len(labels) - 1); label < len(labels) {
			e.Label = labels[label]
		}
		at := 0
		for range d.Count() {
			start := at + d.Uint(length-at)
			at = start + d.Uint(length-start)
			e.Fragments = append(e.Fragments, corpora.Fragment{Start: start, End: at})
		}
		e.Concepts = d.Strings()
		if d.Err() != nil {
			return nil
		}
		entities = append(entities, e)
	}
	return entities
}

func encodeOccurrences(e *records.Encoder, list []occurrence) {
	e.Uint(len(list))
	for _, o := range list {
		e.Uint(o.doc)
		e.Uint(o.index)
		e.Uint(o.offset)
	}
}

const maxNumber = int(^uint(0) >> 1)

func decodeOccurrences(d *records.Decoder, docs int) []occurrence {
	n := d.Count()
	list := make([]occurrence, 0, n/3+1)
	for range n {
		list = append(list, occurrence{d.Uint(docs - 1), d.Uint(maxNumber), d.Uint(maxNumber)})
	}
	return list
}

// record decodes row i of sentences or passages.
func (x *Index) record(c *Collection, kind, i int) Record {
	r, err := x.decodeRecord(c.row(i), kind)
	if err != nil {
		x.damaged(c.file("records"), err)
		return Record{}
	}
	return r
}

func (x *Index) decodeRecord(row []byte, kind int) (Record, error) {
	var r Record
	d := records.NewDecoder(row)
	r.Text = d.String()
	r.Tokens = decodeTokens(d, r.Text)
	for variant := range d.Count() {
		entities := decodeEntities(d, len(r.Text), x.labels)
		list := decodeOccurrences(d, x.documents[kind].rows.Len())
		if d.Err() != nil {
			break
		}
		for i, o := range list {
			id, err := x.documentID(kind, o.doc)
			if err != nil {
				return Record{}, err
			}
			if variant == 0 && i == 0 {
				r.DocID, r.Index, r.Offset, r.Entities = id, o.index, o.offset, entities
			}
			r.Docs = append(r.Docs, id+"#"+strconv.Itoa(o.index))
		}
	}
	return r, d.Close()
}
