package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// options are what a Spec may say about these shapes.
type options struct {
	unit  string   // "" means: the shape's own
	label string   // of every entity
	split string   // only records whose "split" says so, or that have none
	tags  []string // names of integer tags

	ignore bool // annotations, even bad ones
}

func parseOptions(spec corpora.Spec) (options, error) {
	o := options{unit: spec.Get("unit", ""), label: spec.Get("label", ""), split: splitName(spec.Get("split", ""))}
	o.ignore = spec.Get("annotations", "") == corpora.IgnoreAnnotations
	switch o.unit {
	case "", unitCodePoint, unitUTF16, unitByte:
	default:
		return o, fmt.Errorf("unit=%s is unknown (known: codepoint, utf16, byte)", o.unit)
	}
	if names := spec.Get("tags", ""); names != "" {
		o.tags = strings.Split(names, "+")
	}
	return o, nil
}

// splitName maps the names that tools give to the development split onto one.
func splitName(s string) string {
	switch s = strings.ToLower(s); s {
	case "validation", "valid", "devel", "development":
		return "dev"
	case "training":
		return "train"
	}
	return s
}

// reader reads the documents of one file.
type reader struct {
	src    corpora.Source
	shape  shape
	o      options
	count  int // records so far, left out ones included: the number in a made id
	header header
}

// read is Format.Read of a shape.
func read(s shape) func(corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(src corpora.Source) iter.Seq2[corpora.Document, error] {
		return func(yield func(corpora.Document, error) bool) {
			o, err := parseOptions(src.Spec)
			if err == nil {
				r := &reader{src: src, shape: s, o: o}
				err = r.all(yield)
			}
			if err != nil && !errors.Is(err, errStopped) {
				yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			}
		}
	}
}

// errStopped ends reading when the consumer has enough; errLeftOut marks a record that is no document.
var (
	errStopped = errors.New("stopped")
	errLeftOut = errors.New("left out")
)

// errFile marks errors that every record of the file would repeat.
type errFile struct{ error }

func (r *reader) all(yield func(corpora.Document, error) bool) error {
	v, err := newValues(r.src.R, r.src.Spec.Limits)
	if err != nil {
		return err
	}
	for {
		raw, line, err := v.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, new(errRefused)):
			r.count++
			err = r.bad(line, "", err, yield)
		case err != nil:
			return fmt.Errorf("line %d: %w", line, err)
		default:
			err = r.value(raw, line, yield)
		}
		if err != nil {
			return err
		}
	}
}

// value yields the documents of one JSON value: one, or those of an object that wraps a list of records.
func (r *reader) value(raw []byte, line int, yield func(corpora.Document, error) bool) error {
	if r.header.take(raw) {
		return nil
	}
	records, wrapped := unwrap(raw)
	if !wrapped {
		return r.record(raw, line, yield)
	}
	r.header.take(headerOf(raw))
	for _, raw := range records {
		if kind(raw) == 'n' { // a text that was never annotated, and is not stated
			continue
		}
		if err := r.record(raw, line, yield); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) record(raw []byte, line int, yield func(corpora.Document, error) bool) error {
	r.count++
	doc, err := r.document(raw)
	var fatal errFile
	switch {
	case errors.Is(err, errLeftOut):
		return nil
	case errors.As(err, &fatal):
		return fmt.Errorf("line %d: %w", line, fatal.error)
	case err != nil:
		return r.bad(line, doc.ID, err, yield)
	}
	if doc.ID == "" {
		doc.ID = r.src.Base + "-" + strconv.Itoa(r.count)
	}
	for i := range doc.Sentences {
		doc.Sentences[i].DocID, doc.Sentences[i].Index = doc.ID, i
	}
	if !yield(doc, nil) {
		return errStopped
	}
	return nil
}

func (r *reader) bad(line int, id string, err error, yield func(corpora.Document, error) bool) error {
	if !yield(corpora.Document{}, &corpora.BadDocument{Path: r.src.Name, Line: line, ID: id, Err: err}) {
		return errStopped
	}
	return nil
}

// document reads one record. On an error the document has its id, where that could be read.
func (r *reader) document(raw []byte) (corpora.Document, error) {
	rec, err := parseRecord(raw)
	if err != nil {
		return corpora.Document{}, err
	}
	if s, ok := rec.text("split"); ok && r.o.split != "" && splitName(s) != r.o.split {
		return corpora.Document{}, errLeftOut
	}
	s := r.shape
	if s.name == nameOwn {
		s = shapeOf(rec)
	}
	o := r.o
	if len(o.tags) == 0 {
		o.tags = r.header.tags
	}
	doc, err := s.decode(rec, o)
	if doc.ID == "" && err != nil {
		doc.ID, _ = rec.identity()
	}
	return doc, err
}

// unwrap opens {"rows":[{"row":{…}}]} (Hugging Face), {"annotations":[["text",{…}]]} (annotators for spaCy) and
// {"data":[…]}.
func unwrap(raw []byte) (records []json.RawMessage, ok bool) {
	if kind(raw) != '{' || !wrapperKey.Match(raw) {
		return nil, false
	}
	var w struct {
		Rows        []struct{ Row json.RawMessage }
		Annotations json.RawMessage
		Data        json.RawMessage
		Text        *json.RawMessage
	}
	if json.Unmarshal(raw, &w) != nil || w.Text != nil {
		return nil, false
	}
	for _, row := range w.Rows {
		records = append(records, row.Row)
	}
	if len(w.Rows) > 0 {
		return records, true
	}
	for _, list := range []json.RawMessage{w.Annotations, w.Data} {
		if json.Unmarshal(list, &records) == nil && isRecords(list, records) {
			return records, true
		}
	}
	return nil, false
}

// isRecords tells pairs and documents from the annotations of one Label Studio task.
func isRecords(list json.RawMessage, records []json.RawMessage) bool {
	if kind(list) != '[' || len(records) == 0 {
		return false
	}
	for _, raw := range records {
		if kind(raw) == 'n' {
			continue
		}
		rec, err := parseRecord(raw)
		return err == nil && (rec.has("text") || rec.has("tokens")) && !bytes.Contains(raw, []byte(`"result"`))
	}
	return false
}
