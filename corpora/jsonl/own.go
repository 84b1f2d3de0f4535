package jsonl

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ragner/ragner/corpora"
)

// Unmarshal reads one line as Marshal writes it, and also a text alone, as an object or as a JSON string. The
// id is "" where none is given. Scalars beside the known fields become Meta. An error says what is wrong
// without quoting the text.
func Unmarshal(line []byte) (corpora.Document, error) {
	rec, err := parseRecord(line)
	if err != nil {
		return corpora.Document{}, err
	}
	return decodeOwn(rec, options{})
}

func decodeOwn(r record, o options) (corpora.Document, error) {
	id, field := r.identity()
	doc := corpora.Document{ID: id, Meta: r.meta(field, "split")}
	if split, ok := r.text("split"); ok {
		doc.Meta = withMeta(doc.Meta, "split", split)
	}
	if r.has("error") {
		doc.Err = new(corpora.Failure)
		if err := json.Unmarshal(r.fields["error"], doc.Err); err != nil {
			return doc, fmt.Errorf("field error: %w", syntax(err))
		}
	}
	text, ok := r.text("text")
	if !ok && doc.Err == nil {
		return doc, errors.New(`no field "text" with a string`)
	}
	doc.Text = text
	if err := readSentences(&doc, r, o); err != nil || doc.Err != nil {
		return doc, err
	}
	return doc, fill(&doc, r.fields["entities"], o, unitCodePoint)
}

// fill parses spans into doc's entities.
func fill(doc *corpora.Document, raw json.RawMessage, o options, unit string) error {
	if o.ignore {
		return nil
	}
	spans, err := parseSpans(raw)
	if err == nil {
		doc.Entities, err = newConverter(doc.Text, o, unit).entities(spans)
	}
	return err
}

func withMeta(meta map[string]string, name, value string) map[string]string {
	if meta == nil {
		meta = map[string]string{}
	}
	meta[name] = value
	return meta
}

// readSentences restores the sentences and tokens that a tokenised source stated.
func readSentences(doc *corpora.Document, r record, o options) error {
	if kind(r.fields["sentences"]) != '[' {
		return nil
	}
	var stated []wireSentence
	if err := json.Unmarshal(r.fields["sentences"], &stated); err != nil {
		return fmt.Errorf("field sentences: %w", syntax(err))
	}
	c, last := newConverter(doc.Text, o, unitCodePoint), 0
	for i, w := range stated {
		start, ok1 := c.offset(w.Start)
		end, ok2 := c.offset(w.End)
		if !ok1 || !ok2 || start < last || end < start {
			return fmt.Errorf("sentence %d is outside the text or out of order", i+1)
		}
		s := corpora.Sentence{DocID: doc.ID, Index: i, Text: doc.Text[start:end], Offset: start}
		for _, t := range w.Tokens {
			from, ok1 := c.offset(t[0])
			to, ok2 := c.offset(t[1])
			if !ok1 || !ok2 || from < max(last, start) || to < from || to > end {
				return fmt.Errorf("sentence %d: a token is outside it or out of order", i+1)
			}
			s.Tokens = append(s.Tokens, corpora.Token{Start: from - start, End: to - start})
			last = to
		}
		last = end
		doc.Sentences = append(doc.Sentences, s)
	}
	return nil
}

func encodeOwn(w *writer, doc corpora.Document) error {
	line, err := Marshal(doc)
	if err != nil {
		return err
	}
	return w.line(line)
}
