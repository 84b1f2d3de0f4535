package bioc

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// The infons that mean something here. The lower ones are the writer's, for predictions and failures.
const (
	typeKey           = "type"
	identifierKey     = "identifier"
	statusKey         = "status"
	scoreKey          = "score"
	demonstrationsKey = "demonstrations"
	termsKey          = "terms"
	stepsKey          = "steps"
	linksKey          = "links"
	errorCodeKey      = "error_code"
	errorMessageKey   = "error_message"

	predicted = "predicted" // the status of a prediction that has none
)

// vocabularyKeys are infons that older files name after the vocabulary.
var vocabularyKeys = []string{"MESH", "MeSH", "OMIM", "DOID"}

// mention takes what an annotation says but its place.
func mention(a annotation, label string) standoff.Mention {
	m := standoff.Mention{ID: a.ID, Label: label, Surface: a.Text, Concepts: concepts(a.Infons)}
	if m.Label == "" {
		m.Label = strings.TrimSpace(a.Infons[typeKey])
	}
	prediction(&m, a.Infons)
	return m
}

// prediction takes what the writer kept of a prediction. Other programs' "status" and "score" mean other things.
func prediction(m *standoff.Mention, in infons) {
	switch status := corpora.Status(in[statusKey]); status {
	case corpora.StatusGold, corpora.StatusExact, corpora.StatusNormalized, corpora.StatusFuzzy:
		m.Status = status
	case predicted:
	default:
		return
	}
	if score, err := strconv.ParseFloat(in[scoreKey], 64); err == nil {
		m.Score = score
	}
	m.From = corpora.Provenance{
		Demonstrations: list[string](in[demonstrationsKey]), Terms: list[string](in[termsKey]), Steps: list[corpora.Step](in[stepsKey]),
	}
	m.Links = list[corpora.Link](in[linksKey])
}

func list[T any](s string) (items []T) {
	if json.Unmarshal([]byte(s), &items) != nil {
		return nil
	}
	return items
}

// put keeps a list that is not empty as JSON.
func put[T any](in infons, key string, items []T) {
	if len(items) > 0 {
		encoded, _ := json.Marshal(items) // of strings and finite numbers, which always encode
		in[key] = string(encoded)
	}
}

func concepts(in infons) []string {
	for _, key := range []string{identifierKey, "Identifier"} {
		if value, ok := in[key]; ok {
			return standoff.Concepts(value)
		}
	}
	for _, key := range vocabularyKeys {
		value := strings.TrimSpace(in[key])
		if value == "" {
			continue
		}
		if strings.Contains(value, ":") {
			return standoff.Concepts(value)
		}
		return standoff.Concepts(strings.ToUpper(key) + ":" + value)
	}
	return nil
}

// otherInfons counts those of an annotation that are not taken.
func otherInfons(a annotation) (n int) {
	for key := range a.Infons {
		switch key {
		case typeKey, identifierKey, "Identifier", statusKey, scoreKey, demonstrationsKey, termsKey, stepsKey, linksKey, "MESH", "MeSH", "OMIM", "DOID":
		default:
			n++
		}
	}
	return n
}

// entityInfons are an entity's infons; what the identifiers cannot hold is counted in lost.
func entityInfons(e corpora.Entity, lost corpora.Loss) infons {
	in := infons{typeKey: e.Label}
	if len(e.Concepts) > 0 {
		in[identifierKey] = standoff.JoinConcepts(e.Concepts, ",", func(c string) string { return c }, lost)
	}
	if e.Status != "" {
		in[statusKey] = string(e.Status)
	}
	if e.Score == 0 && e.From.Empty() && len(e.Links) == 0 {
		return in
	}
	if e.Status == "" {
		in[statusKey] = predicted
	}
	in[scoreKey] = strconv.FormatFloat(e.Score, 'g', -1, 64)
	put(in, demonstrationsKey, e.From.Demonstrations)
	put(in, termsKey, e.From.Terms)
	put(in, stepsKey, e.From.Steps)
	put(in, linksKey, e.Links)
	return in
}
