package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// The names under which the shapes are registered.
const (
	nameOwn         = "jsonl"
	nameSpacy       = "spacy"
	nameDoccano     = "doccano"
	nameLabelStudio = "labelstudio"
	nameProdigy     = "prodigy"
	nameHuggingFace = "huggingface"
)

// shape is one way to lay a document out as a JSON object.
type shape struct {
	name       string
	extensions []string
	decode     func(record, options) (corpora.Document, error)
	encode     func(*writer, corpora.Document) error
}

var (
	own         = shape{nameOwn, []string{".jsonl", ".ndjson", ".jsonlines", ".json"}, decodeOwn, encodeOwn}
	spacy       = shape{nameSpacy, []string{".jsonl", ".json", ".spacy"}, decodeSpacy, encodeSpacy}
	doccano     = shape{nameDoccano, []string{".jsonl", ".json"}, decodeDoccano, encodeDoccano}
	labelStudio = shape{nameLabelStudio, []string{".json", ".jsonl"}, decodeLabelStudio, encodeLabelStudio}
	prodigy     = shape{nameProdigy, []string{".jsonl", ".json"}, decodeProdigy, encodeProdigy}
	huggingFace = shape{nameHuggingFace, []string{".jsonl", ".json", ".jsonlines"}, decodeHuggingFace, encodeHuggingFace}
)

func shapes() []shape { return []shape{own, spacy, doccano, labelStudio, prodigy, huggingFace} }

func init() {
	for _, s := range shapes() {
		corpora.Register(corpora.Format{
			Name:       s.name,
			Extensions: s.extensions,
			Detect:     func(name string, head []byte) bool { return detect(name, head) == s.name },
			Read:       read(s),
			NewWriter: func(w io.Writer, o corpora.WriteOptions) corpora.Writer {
				out := newWriter(w, s)
				out.tasks = o.Tasks
				return out
			},
		})
	}
}

// shapeOf tells a record's shape by its fields; a record without annotations is one of ours.
func shapeOf(r record) shape {
	switch {
	case isLabelStudio(r):
		return labelStudio
	case isHuggingFace(r):
		return huggingFace
	case r.has("answer") || r.has("_task_hash") || r.has("_input_hash") || kind(r.fields["spans"]) == '[':
		return prodigy
	case r.has("label") && kind(r.fields["label"]) == '[' || r.has("labels") && kind(r.fields["labels"]) == '[':
		return doccano
	case kind(r.fields["ents"]) == '[' || kind(r.fields["spans"]) == '{':
		return spacy
	case kind(r.fields["entities"]) == '[':
		return shapeOfEntities(r)
	}
	return own
}

// shapeOfEntities tells the three meanings of "entities" by its first element.
func shapeOfEntities(r record) shape {
	list, err := r.list("entities")
	if err != nil || len(list) == 0 {
		return own
	}
	switch {
	case kind(list[0]) == '[':
		return spacy
	case bytes.Contains(list[0], []byte(`"start_offset"`)):
		return doccano
	}
	return own
}

// wrapperKey finds the keys of objects that wrap a list of records, so that others are parsed only once.
var wrapperKey = regexp.MustCompile(`"(?:rows|annotations|data)"\s*:\s*\[`)

// foreign are fields of JSON formats that belong to other packages: BioC and OBO graphs.
var foreign = regexp.MustCompile(`"(?:passages|bioctype|graphs)"\s*:\s*\[|"infons"\s*:`)

// detect names the shape of a file's beginning, or gives "" for what is no JSON of ours. The first record that
// has annotations decides.
func detect(name string, head []byte) string {
	if strings.EqualFold(filepath.Ext(strings.TrimSuffix(name, ".gz")), ".spacy") {
		return nameSpacy
	}
	head = bytes.TrimPrefix(head, utf8BOM)
	if c := firstByte(head); c != '{' && c != '[' && c != '"' || refuse(head) != nil || foreign.Match(head) {
		return ""
	}
	v, err := newValues(bytes.NewReader(head), corpora.Limits{})
	if err != nil {
		return ""
	}
	found := ""
	for {
		raw, _, err := v.next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil { // the head cuts its last value
			return first(found, detectCut(head))
		}
		if s := detectValue(raw); s != "" && s != nameOwn {
			return s
		} else if s == nameOwn {
			found = s
		}
	}
}

func detectValue(raw []byte) string {
	var h header
	if h.take(raw) {
		return nameHuggingFace
	}
	if records, ok := unwrap(raw); ok {
		raw = records[max(0, slices.IndexFunc(records, func(r json.RawMessage) bool { return kind(r) != 'n' }))]
	}
	rec, err := parseRecord(raw)
	switch {
	case err != nil:
		return detectCut(raw)
	case kind(raw) == '[':
		return nameSpacy
	}
	s := shapeOf(rec)
	if s.name == nameOwn && !rec.has("text") && !rec.has("error") {
		return ""
	}
	return s.name
}

// cutSigns decide for a single value longer than the head, the most particular first.
var cutSigns = []struct {
	sign *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`"(?:annotations|predictions|completions)"\s*:\s*\[\s*(?:\{[^\]]*"result"|\])`), nameLabelStudio},
	{regexp.MustCompile(`"(?:ner_tags|entity_mentions)"\s*:`), nameHuggingFace},
	{regexp.MustCompile(`"tokens"\s*:\s*\[\s*"`), nameHuggingFace},
	{regexp.MustCompile(`"(?:answer|_task_hash|_input_hash)"\s*:|"spans"\s*:\s*\[`), nameProdigy},
	{regexp.MustCompile(`"labels?"\s*:\s*\[\s*\[|"start_offset"\s*:`), nameDoccano},
	{regexp.MustCompile(`"ents"\s*:\s*\[|"entities"\s*:\s*\[\s*\[`), nameSpacy},
	{regexp.MustCompile(`^\s*[\[{]?\s*\{?\s*(?:"id"\s*:\s*(?:"[^"]*"|\d+)\s*,\s*)?"text"\s*:`), nameOwn},
}

func detectCut(head []byte) string {
	for _, s := range cutSigns {
		if s.sign.Match(head) {
			return s.name
		}
	}
	return ""
}
