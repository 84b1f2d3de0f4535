package jsonl

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ragner/ragner/corpora"
)

// task is one task of a Label Studio export. "completions" is the name of annotations before version 1.0.
type task struct {
	Data        map[string]json.RawMessage `json:"data"`
	Annotations []annotation               `json:"annotations"`
	Completions []annotation               `json:"completions"`
	Predictions []annotation               `json:"predictions"`
}

type annotation struct {
	ID        json.RawMessage `json:"id"`
	Result    []region        `json:"result"`
	Cancelled bool            `json:"was_cancelled"`
	Created   string          `json:"created_at"`
	Updated   string          `json:"updated_at"`
	Score     *float64        `json:"score"`
}

// region is one result; only those with labels on a stretch of plain text are entities.
type region struct {
	ID    string      `json:"id"`
	Type  string      `json:"type"`
	Score *float64    `json:"score"`
	Value regionValue `json:"value"`
}

type regionValue struct {
	Start  json.RawMessage `json:"start"`
	End    json.RawMessage `json:"end"`
	Text   json.RawMessage `json:"text"`
	Labels []string        `json:"labels"`
	Hyper  []string        `json:"hypertextlabels"`
}

// isLabelStudio knows full exports by their annotations and data, and the minimal export by its labels.
func isLabelStudio(r record) bool {
	if kind(r.fields["data"]) == '{' {
		return true
	}
	for _, name := range []string{"annotations", "completions", "predictions"} {
		if list, err := r.list(name); err == nil && len(list) > 0 {
			var a struct{ Result json.RawMessage }
			return json.Unmarshal(list[0], &a) == nil && a.Result != nil
		}
	}
	list, err := r.list("label")
	if err != nil || len(list) == 0 || kind(list[0]) != '{' {
		return false
	}
	var v regionValue
	return json.Unmarshal(list[0], &v) == nil && len(v.Labels)+len(v.Hyper) > 0
}

// decodeLabelStudio reads a task with the latest of its annotations that was not cancelled, or else its latest
// prediction; a task whose annotations were all cancelled is left out, one that nobody annotated has no
// entities. Offsets count UTF-16 units, as JavaScript does, unless unit= says otherwise.
func decodeLabelStudio(r record, o options) (corpora.Document, error) {
	if kind(r.fields["data"]) != '{' {
		return decodeMinimal(r, o)
	}
	doc := corpora.Document{}
	t := task{}
	for name, to := range map[string]any{"data": &t.Data, "annotations": &t.Annotations, "completions": &t.Completions, "predictions": &t.Predictions} {
		if raw := r.fields[name]; raw != nil {
			if err := json.Unmarshal(raw, to); err != nil {
				return doc, fmt.Errorf("field %s: %w", name, syntax(err))
			}
		}
	}
	data := record{t.Data}
	id, field := data.identity()
	if id == "" {
		id, _ = r.identity()
	}
	text, textField, err := taskText(t)
	doc = corpora.Document{ID: id, Text: text, Meta: data.meta(field, textField)}
	if err != nil {
		return doc, err
	}
	takeOwnID(&doc)
	chosen, status, err := t.choose()
	if err != nil {
		return doc, err
	}
	doc.Unannotated = status != corpora.StatusGold
	spans, err := chosen.spans(status)
	if err == nil {
		doc.Entities, err = newConverter(text, o, unitUTF16).entities(spans)
	}
	return doc, err
}

// decodeMinimal reads the JSON_MIN export: {"id","text","label":[{start,end,text,labels}]}.
func decodeMinimal(r record, o options) (corpora.Document, error) {
	doc, err := textDocument(r, "annotator", "annotation_id", "created_at", "updated_at", "lead_time")
	if err != nil {
		return doc, err
	}
	var values []regionValue
	if raw := r.fields["label"]; raw != nil {
		if err := json.Unmarshal(raw, &values); err != nil {
			return doc, fmt.Errorf("field label: %w", syntax(err))
		}
	}
	a := annotation{}
	for _, v := range values {
		a.Result = append(a.Result, region{Value: v})
	}
	spans, err := a.spans(corpora.StatusGold)
	if err == nil {
		doc.Entities, err = newConverter(doc.Text, o, unitUTF16).entities(spans)
	}
	return doc, err
}

// taskText is data.text, or the only string of data.
func taskText(t task) (text, field string, err error) {
	if s, ok := (record{t.Data}).text("text"); ok {
		return s, "text", nil
	}
	for _, name := range sortedKeys(t.Data) {
		if kind(t.Data[name]) != '"' || name == "id" {
			continue
		}
		if field != "" {
			return "", "", fmt.Errorf("data has no text, and several other strings (%s, %s)", field, name)
		}
		field = name
	}
	if field == "" {
		return "", "", errors.New("data has no text")
	}
	text, _ = scalar(t.Data[field])
	return text, field, nil
}

func (t task) choose() (annotation, corpora.Status, error) {
	all := slices.Concat(t.Annotations, t.Completions)
	if a, ok := latest(all); ok {
		return a, corpora.StatusGold, nil
	}
	if len(all) > 0 {
		return annotation{}, "", errLeftOut
	}
	a, _ := latest(t.Predictions)
	return a, corpora.StatusExact, nil
}

// latest is the annotation changed last; where times are missing or equal, the later in the file.
func latest(all []annotation) (found annotation, ok bool) {
	var at time.Time
	for _, a := range all {
		if a.Cancelled {
			continue
		}
		when, err := time.Parse(time.RFC3339Nano, first(a.Updated, a.Created))
		if err != nil {
			when = at
		}
		if !ok || !when.Before(at) {
			found, at, ok = a, when, true
		}
	}
	return found, ok
}

// spans gives one span for each label of each region.
func (a annotation) spans(status corpora.Status) ([]span, error) {
	var out []span
	for i, r := range a.Result {
		labels := slices.Concat(r.Value.Labels, r.Value.Hyper)
		if len(labels) == 0 {
			continue // a relation, a choice or a rating
		}
		s := span{id: r.ID, status: status, fragments: make([][2]int, 1)}
		for j, raw := range []json.RawMessage{r.Value.Start, r.Value.End} {
			if json.Unmarshal(raw, &s.fragments[0][j]) != nil {
				return nil, fmt.Errorf("result %d: its offsets are not whole numbers; regions of HTML, audio or pictures are not read", i+1)
			}
		}
		if text, ok := scalar(r.Value.Text); ok {
			s.surface = &text
		}
		if status != corpora.StatusGold {
			s.score = firstScore(r.Score, a.Score)
		}
		for _, label := range labels {
			s.label = label
			out = append(out, s)
		}
	}
	return out, nil
}

func firstScore(scores ...*float64) float64 {
	for _, s := range scores {
		if s != nil {
			return *s
		}
	}
	return 0
}

type outTask struct {
	ID          int             `json:"id"`
	Data        map[string]any  `json:"data"`
	Annotations []outAnnotation `json:"annotations"`
	Predictions []outAnnotation `json:"predictions"`
}

type outAnnotation struct {
	Model  string      `json:"model_version,omitempty"`
	Result []outRegion `json:"result"`
}

type outRegion struct {
	ID    string   `json:"id"`
	From  string   `json:"from_name"`
	To    string   `json:"to_name"`
	Type  string   `json:"type"`
	Score *float64 `json:"score,omitempty"`
	Value outValue `json:"value"`
}

type outValue struct {
	Start  int      `json:"start"`
	End    int      `json:"end"`
	Text   string   `json:"text"`
	Labels []string `json:"labels"`
}

// encodeLabelStudio writes a task for a project whose configuration names the text "text" and the labels
// "label". Entities that were all predicted become a prediction, others an annotation; a document without entities is
// annotated with none, unless it is a task.
func encodeLabelStudio(w *writer, doc corpora.Document) error {
	t := outTask{w.count + 1, map[string]any{}, []outAnnotation{}, []outAnnotation{}}
	for name, value := range doc.Meta {
		t.Data[name] = value
	}
	t.Data["text"] = doc.Text
	if doc.ID != "" {
		t.Data["id"] = doc.ID
	}
	m, gold := corpora.NewMapper(doc.Text), len(doc.Entities) == 0 && !w.tasks
	a := outAnnotation{Result: []outRegion{}}
	for i, e := range w.continuous(doc) {
		gold = gold || !predicted(e)
		w.loseLinks(e, 0)
		if !e.From.Empty() || e.Status == corpora.StatusFuzzy || e.Status == corpora.StatusNormalized {
			w.lost.Add(lostPrediction, 1)
		}
		a.Result = append(a.Result, studioRegion(doc.Text, m, e, i))
	}
	switch {
	case gold:
		t.Annotations = append(t.Annotations, a)
	case len(a.Result) > 0:
		a.Model = "ragner"
		t.Predictions = append(t.Predictions, a)
	}
	return w.json(t)
}

func studioRegion(text string, m *corpora.Mapper, e corpora.Entity, i int) outRegion {
	id := e.ID
	if id == "" {
		id = "e" + strconv.Itoa(i+1)
	}
	r := outRegion{
		id, "label", "text", "labels", nil,
		outValue{m.UTF16(e.Start()), m.UTF16(e.End()), e.Surface(text), []string{e.Label}},
	}
	if predicted(e) {
		score := e.Rounded().Score
		r.Score = &score
	}
	return r
}
