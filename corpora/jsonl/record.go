package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ragner/ragner/corpora"
)

// record is one JSON value that should be a document: an object, or for spaCy a pair.
type record struct {
	fields map[string]json.RawMessage
}

// parseRecord takes an object, a string (a text alone) or a pair of a text and an object of annotations.
func parseRecord(raw []byte) (record, error) {
	if !utf8.Valid(raw) {
		offset, _, _ := corpora.ValidUTF8(raw)
		return record{}, fmt.Errorf("not UTF-8 at byte %d of the record: convert the file to UTF-8", offset+1)
	}
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return record{}, errors.New("empty record")
	case raw[0] == '"':
		return record{map[string]json.RawMessage{"text": raw}}, validJSON(raw)
	case raw[0] == '[':
		return parsePair(raw)
	case raw[0] != '{':
		return record{}, errors.New("not a JSON object")
	}
	r := record{}
	return r, syntax(json.Unmarshal(raw, &r.fields))
}

// parsePair reads spaCy's training tuple ["text", {"entities": [...]}].
func parsePair(raw []byte) (record, error) {
	var pair []json.RawMessage
	if err := json.Unmarshal(raw, &pair); err != nil {
		return record{}, syntax(err)
	}
	if len(pair) != 2 || kind(pair[0]) != '"' || kind(pair[1]) != '{' {
		return record{}, errors.New(`an array that is not a pair of a text and its annotations`)
	}
	r := record{}
	if err := json.Unmarshal(pair[1], &r.fields); err != nil {
		return record{}, syntax(err)
	}
	r.fields["text"] = pair[0]
	return r, nil
}

func validJSON(raw []byte) error {
	var v any
	return syntax(json.Unmarshal(raw, &v))
}

// syntax words an error of encoding/json without the text it may quote.
func syntax(err error) error {
	var s *json.SyntaxError
	var t *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &s):
		return fmt.Errorf("not valid JSON near byte %d of the record", s.Offset)
	case errors.As(err, &t):
		return fmt.Errorf("%s is a %s and should be of another type", orField(t.Field), firstWord(t.Value))
	}
	return errors.New("not valid JSON: the record ends too early")
}

func orField(name string) string {
	if name == "" {
		return "a value"
	}
	return "field " + name
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// kind is the first byte of a value: { [ " t f n or a digit; 0 for nothing.
func kind(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

// has reports a field that is there and not null.
func (r record) has(name string) bool { k := kind(r.fields[name]); return k != 0 && k != 'n' }

// text is the first field of names that holds a string.
func (r record) text(names ...string) (string, bool) {
	for _, name := range names {
		if kind(r.fields[name]) == '"' {
			var s string
			err := json.Unmarshal(r.fields[name], &s)
			return s, err == nil
		}
	}
	return "", false
}

// scalar is a string, number or boolean as text.
func scalar(raw json.RawMessage) (string, bool) {
	switch k := kind(raw); {
	case k == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case k == 't', k == 'f', k == '-', k >= '0' && k <= '9':
		return string(bytes.TrimSpace(raw)), true
	}
	return "", false
}

// idFields are where tools keep a record's id, the most specific first.
var idFields = []string{"id", "sent_id", "doc_id", "document_id", "pmid"}

// identity takes the record's id, or "" where it has none, and the field it stands in.
func (r record) identity() (id, field string) {
	for _, name := range idFields {
		if id, ok := scalar(r.fields[name]); ok && id != "" {
			return id, name
		}
	}
	return "", ""
}

// meta gathers the scalars of "meta" and of every top-level field that is not in known.
func (r record) meta(known ...string) map[string]string {
	meta := map[string]string{}
	var own map[string]json.RawMessage
	if kind(r.fields["meta"]) == '{' && json.Unmarshal(r.fields["meta"], &own) == nil {
		addScalars(meta, own)
	}
	rest := map[string]json.RawMessage{}
	for name, raw := range r.fields {
		rest[name] = raw
	}
	for _, name := range append(known, "meta", "text") {
		delete(rest, name)
	}
	addScalars(meta, rest)
	if len(meta) == 0 {
		return nil
	}
	return meta
}

func addScalars(to map[string]string, from map[string]json.RawMessage) {
	for name, raw := range from {
		if s, ok := scalar(raw); ok {
			to[name] = s
		}
	}
}

// list is a field's elements; absent and null count as none.
func (r record) list(name string) ([]json.RawMessage, error) {
	if !r.has(name) {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(r.fields[name], &list); err != nil {
		return nil, fmt.Errorf("field %s is not an array", name)
	}
	return list, nil
}
