package spool

import (
	"bytes"
	"encoding/gob"
	"io"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// record is a document as the file has it. Sentences that the document's text shows leave out theirs; Lengths has
// how many bytes it had, -1 where it stands with the sentence.
type record struct {
	Document corpora.Document
	Lengths  []int
}

func pack(doc corpora.Document) record {
	r := record{Document: doc, Lengths: make([]int, len(doc.Sentences))}
	r.Document.Sentences = slices.Clone(doc.Sentences)
	for i, s := range doc.Sentences {
		if end := s.Offset + len(s.Text); s.Offset < 0 || end > len(doc.Text) || doc.Text[s.Offset:end] != s.Text {
			r.Lengths[i] = -1
			continue
		}
		r.Lengths[i], r.Document.Sentences[i].Text = len(s.Text), ""
	}
	return r
}

func (r record) unpack() corpora.Document {
	doc := r.Document
	for i := range doc.Sentences {
		if s := &doc.Sentences[i]; r.Lengths[i] >= 0 {
			s.Text = doc.Text[s.Offset : s.Offset+r.Lengths[i]]
		}
	}
	return doc
}

// encoder writes records so that each can be read without those before it: what describes their types, which gob
// writes once, is kept apart.
type encoder struct {
	buf   bytes.Buffer
	gob   *gob.Encoder
	types []byte
}

func newEncoder() (*encoder, error) {
	e := &encoder{}
	e.gob = gob.NewEncoder(&e.buf)
	if err := e.gob.Encode(record{}); err != nil {
		return nil, err
	}
	e.types = bytes.Clone(e.buf.Bytes())
	return e, nil
}

// encode gives bytes that hold until the next call.
func (e *encoder) encode(doc corpora.Document) ([]byte, error) {
	e.buf.Reset()
	if err := e.gob.Encode(pack(doc)); err != nil {
		return nil, err
	}
	return e.buf.Bytes(), nil
}

type decoder struct {
	buf    []byte
	source bytes.Reader
	gob    *gob.Decoder
}

func newDecoder(types []byte) (*decoder, error) {
	d := &decoder{}
	d.gob = gob.NewDecoder(&d.source) // takes no byte more than it needs, since it can read single ones
	d.source.Reset(types)
	if err := d.gob.Decode(&record{}); err != nil {
		return nil, err
	}
	return d, nil
}

// decode reads a document of so many bytes.
func (d *decoder) decode(r io.Reader, size int) (corpora.Document, error) {
	d.buf = slices.Grow(d.buf[:0], size)[:size]
	if _, err := io.ReadFull(r, d.buf); err != nil {
		return corpora.Document{}, err
	}
	d.source.Reset(d.buf)
	var rec record
	if err := d.gob.Decode(&rec); err != nil {
		return corpora.Document{}, err
	}
	return rec.unpack(), nil
}
