package jsonl

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// prefixed is a tag of a sequence scheme, which a bare label is not.
var prefixed = regexp.MustCompile(`^[BIEOLSUMW][-_].`)

// decodeTags turns tags into spans: those of any scheme corpora.DecodeTags knows, or, when no tag has a prefix,
// bare labels, of which equal neighbours are one entity.
func decodeTags(tags []string, fallback string) ([]corpora.TokenSpan, error) {
	spans, err := corpora.DecodeTags(tags, fallback)
	if err == nil || slices.ContainsFunc(tags, prefixed.MatchString) {
		return spans, err
	}
	spans = nil
	for i, tag := range tags {
		last := len(spans) - 1
		switch {
		case tag == "O" || tag == "":
		case last >= 0 && spans[last].End == i && spans[last].Label == tag:
			spans[last].End++
		default:
			spans = append(spans, corpora.TokenSpan{Start: i, End: i + 1, Label: tag, Entity: -1})
		}
	}
	return spans, nil
}

// header holds what a file states once for all records: the names of its integer tags.
type header struct{ tags []string }

// take reads a record that only describes the others: {"features":{"ner_tags":{"feature":{"names":[…]}}}}, as
// in dataset_info.json, or the list of the dataset viewer. It reports whether raw is one.
func (h *header) take(raw []byte) bool {
	var info struct {
		Features json.RawMessage `json:"features"`
		Tokens   json.RawMessage `json:"tokens"`
		Text     json.RawMessage `json:"text"`
		Rows     json.RawMessage `json:"rows"`
	}
	if !strings.Contains(string(raw[:min(len(raw), 1<<16)]), `"features"`) {
		return false
	}
	if json.Unmarshal(raw, &info) != nil || kind(info.Features) != '{' && kind(info.Features) != '[' {
		return false
	}
	if info.Tokens != nil || info.Text != nil || info.Rows != nil {
		return false
	}
	h.tags = tagNames(info.Features)
	return true
}

// headerOf is the part of a wrapping object that header.take reads.
func headerOf(raw []byte) []byte {
	var info struct {
		Features json.RawMessage `json:"features"`
	}
	if json.Unmarshal(raw, &info) != nil || info.Features == nil {
		return nil
	}
	out, _ := encode(info)
	return out
}

// tagNames finds the class names of a tag column, in either form of a features description.
func tagNames(features json.RawMessage) []string {
	columns := map[string]json.RawMessage{}
	if json.Unmarshal(features, &columns) != nil {
		var list []struct {
			Name string
			Type json.RawMessage
		}
		if json.Unmarshal(features, &list) != nil {
			return nil
		}
		for _, c := range list {
			columns[c.Name] = c.Type
		}
	}
	for _, name := range tagFields {
		if names := namesIn(columns[name]); names != nil {
			return names
		}
	}
	return nil
}

// namesIn descends through "feature" to "names", which is a list, or an object from number to name.
func namesIn(raw json.RawMessage) []string {
	var level struct {
		Names      json.RawMessage
		Feature    json.RawMessage
		ClassLabel json.RawMessage `json:"class_label"`
		Sequence   json.RawMessage
	}
	if kind(raw) != '{' || json.Unmarshal(raw, &level) != nil {
		return nil
	}
	var names []string
	if json.Unmarshal(level.Names, &names) == nil && names != nil {
		return names
	}
	for _, inner := range []json.RawMessage{level.Feature, level.ClassLabel, level.Sequence} {
		if names := namesIn(inner); names != nil {
			return names
		}
	}
	return nil
}
