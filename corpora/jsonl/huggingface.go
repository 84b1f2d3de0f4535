package jsonl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// tokenFields and tagFields are the columns that token classification data sets use, best first.
var (
	tokenFields = []string{"tokens", "words"}
	tagFields   = []string{"ner_tags", "ner", "tags", "labels", "ner_labels", "bio_tags"}
)

// isHuggingFace knows a record by tokens that are strings (Prodigy's are objects).
func isHuggingFace(r record) bool {
	for _, name := range tokenFields {
		if list, err := r.list(name); err == nil && list != nil && (len(list) == 0 || kind(list[0]) == '"') {
			return !r.has("text") || hasTags(r)
		}
	}
	return false
}

func hasTags(r record) bool {
	for _, name := range append([]string{"entity_mentions"}, tagFields...) {
		if kind(r.fields[name]) == '[' {
			return true
		}
	}
	return false
}

// decodeHuggingFace reads {"tokens","ner_tags"}, tags being names or numbers with names known from tags= or a
// features header, and {"tokens","entity_mentions":[{start,end,entity_type}]}, whose offsets count tokens. The
// text is the tokens joined by one space, and one sentence.
func decodeHuggingFace(r record, o options) (corpora.Document, error) {
	id, field := r.identity()
	doc := corpora.Document{ID: id, Meta: r.meta(field)}
	tokens, err := r.tokens()
	if err != nil {
		return doc, err
	}
	s, place := sentenceOf(tokens)
	doc.Text = s.Text
	if len(s.Tokens) > 0 {
		doc.Sentences = []corpora.Sentence{s}
	}
	spans, err := r.tokenSpans(tokens, o)
	if err != nil {
		return doc, err
	}
	for i, t := range spans {
		t.Label = first(o.label, t.Label)
		t.Start, t.End = place[t.Start], place[t.End]
		if t.Label == "" || t.Start == t.End {
			return doc, fmt.Errorf("entity %d has no label or no text", i+1)
		}
		doc.Entities = append(doc.Entities, t.EntityOf(s.Tokens))
	}
	doc.Entities = sorted(doc.Entities)
	return doc, nil
}

// sentenceOf joins tokens by one space. Empty tokens, which some corpora have, are dropped; place[i] is the
// number of tokens kept before token i.
func sentenceOf(tokens []string) (s corpora.Sentence, place []int) {
	var b strings.Builder
	for _, t := range tokens {
		place = append(place, len(s.Tokens))
		if t == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		s.Tokens = append(s.Tokens, corpora.Token{Start: b.Len(), End: b.Len() + len(t)})
		b.WriteString(t)
	}
	s.Text = b.String()
	return s, append(place, len(s.Tokens))
}

func (r record) tokens() ([]string, error) {
	for _, name := range tokenFields {
		if !r.has(name) {
			continue
		}
		var tokens []string
		if err := json.Unmarshal(r.fields[name], &tokens); err != nil {
			return nil, fmt.Errorf("field %s is not an array of strings", name)
		}
		return tokens, nil
	}
	return nil, errors.New(`no field "tokens"`)
}

func (r record) tokenSpans(tokens []string, o options) ([]corpora.TokenSpan, error) {
	for _, name := range tagFields {
		if kind(r.fields[name]) == '[' {
			return r.taggedSpans(name, len(tokens), o)
		}
	}
	for _, name := range []string{"entity_mentions", "entities", "spans"} {
		if r.has(name) {
			return mentions(r.fields[name], tokens)
		}
	}
	return nil, nil
}

func (r record) taggedSpans(name string, n int, o options) ([]corpora.TokenSpan, error) {
	list, err := r.list(name)
	if err != nil {
		return nil, err
	}
	if len(list) != n {
		return nil, fmt.Errorf("%d tokens but %d values in %s", n, len(list), name)
	}
	tags := make([]string, n)
	for i, raw := range list {
		if tags[i], err = tagName(raw, name, o.tags); err != nil {
			return nil, err
		}
	}
	return decodeTags(tags, o.label)
}

func tagName(raw json.RawMessage, field string, names []string) (string, error) {
	if kind(raw) == '"' {
		tag, _ := scalar(raw)
		return tag, nil
	}
	number, err := strconv.Atoi(string(raw))
	switch {
	case err != nil:
		return "", fmt.Errorf("field %s holds neither names nor whole numbers", field)
	case names == nil:
		return "", errFile{fmt.Errorf("%s holds numbers without names: give them in order, tags=O+B-Disease+I-Disease", field)}
	case number == -100: // the label that training code ignores
		return "O", nil
	case number < 0 || number >= len(names):
		return "", fmt.Errorf("tag %d has no name: %d names are known", number, len(names))
	}
	return names[number], nil
}

// mentions reads objects or triples whose offsets count tokens, end exclusive.
func mentions(raw json.RawMessage, tokens []string) ([]corpora.TokenSpan, error) {
	spans, err := parseSpans(raw)
	var out []corpora.TokenSpan
	for i, s := range spans {
		f := s.fragments[0]
		if f[0] < 0 || f[1] > len(tokens) || f[0] >= f[1] {
			return nil, fmt.Errorf("entity %d: tokens %d to %d are empty or not among the %d tokens", i+1, f[0], f[1], len(tokens))
		}
		if s.surface != nil && !sameText(*s.surface, strings.Join(tokens[f[0]:f[1]], " ")) {
			return nil, fmt.Errorf("entity %d: tokens %d to %d are not the text stated with it; do its offsets count tokens?", i+1, f[0], f[1])
		}
		out = append(out, corpora.TokenSpan{Start: f[0], End: f[1], Label: s.label, Entity: -1})
	}
	return out, err
}

type taggedRecord struct {
	ID     string            `json:"id"`
	DocID  string            `json:"doc_id,omitempty"`
	Tokens []string          `json:"tokens"`
	Tags   []string          `json:"ner_tags"`
	Meta   map[string]string `json:"meta,omitempty"`
}

// encodeHuggingFace writes a record for each sentence, named "document#index" where there are several.
func encodeHuggingFace(w *writer, doc corpora.Document) error {
	sentences, _ := corpora.Annotate(doc)
	if len(sentences) == 0 {
		return w.json(taggedRecord{ID: doc.ID, Tokens: []string{}, Tags: []string{}, Meta: doc.Meta})
	}
	for _, s := range sentences {
		r := taggedRecord{ID: doc.ID, Meta: doc.Meta}
		if len(sentences) > 1 {
			r.ID, r.DocID = fmt.Sprintf("%s#%d", doc.ID, s.Index), doc.ID
		}
		var err error
		if r.Tokens, r.Tags, err = w.tagged(s); err == nil {
			err = w.json(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) tagged(s corpora.Annotated) (tokens, tags []string, err error) {
	tokens = []string{}
	for _, t := range s.Tokens {
		tokens = append(tokens, s.Text[t.Start:t.End])
	}
	spans, lost := corpora.Flatten(s)
	for what, n := range lost {
		w.lost.Add(what, n)
	}
	for _, span := range spans {
		w.loseLinks(s.Entities[span.Entity], 0)
		w.losePrediction(s.Entities[span.Entity])
	}
	tags, err = corpora.EncodeTags(len(tokens), spans, "iob2")
	return tokens, tags, err
}
