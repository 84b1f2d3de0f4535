package jsonl

import (
	"encoding/json"
	"errors"

	"github.com/ragner/ragner/corpora"
)

// decodeSpacy reads {"text","entities":[[s,e,"L"]]}, {"text","ents":[{start,end,label}]} (Doc.to_json) and
// {"text","spans":{"group":[…]}}. Offsets count code points, as Python's do. Where "ents" and "spans" both are
// given, both are read and equal annotations count once.
func decodeSpacy(r record, o options) (corpora.Document, error) {
	doc, err := textDocument(r, "cats", "tokens")
	if err != nil {
		return doc, err
	}
	var all []span
	for _, name := range []string{"entities", "ents", "spans"} {
		spans, err := parseSpans(r.fields[name])
		if err != nil {
			return doc, err
		}
		all = append(all, spans...)
	}
	doc.Entities, err = newConverter(doc.Text, o, unitCodePoint).entities(all)
	doc.Entities = unique(doc.Entities)
	return doc, err
}

// textDocument takes id, text and meta of a record; known fields do not become Meta.
func textDocument(r record, known ...string) (corpora.Document, error) {
	id, field := r.identity()
	doc := corpora.Document{ID: id, Meta: r.meta(append(known, field)...)}
	text, ok := r.text("text")
	if !ok {
		return doc, errors.New(`no field "text" with a string`)
	}
	doc.Text = text
	if id, ok := doc.Meta["id"]; ok && doc.ID == "" { // tools that own "id" keep the user's in "meta"
		doc.ID = id
		delete(doc.Meta, "id")
	}
	takeOwnID(&doc)
	return doc, nil
}

// ownID is the field in which ragner suggest keeps the id of a task. Tools number what they import, and some put their
// number where our id was.
const ownID = "ragner_id"

// takeOwnID makes that id the document's, where there is one.
func takeOwnID(doc *corpora.Document) {
	if id, ok := doc.Meta[ownID]; ok {
		doc.ID = id
		delete(doc.Meta, ownID)
	}
	if len(doc.Meta) == 0 {
		doc.Meta = nil
	}
}

// unique drops the later of two entities with equal fragments and label.
func unique(entities []corpora.Entity) []corpora.Entity {
	var out []corpora.Entity
	for _, e := range entities {
		if n := len(out); n == 0 || corpora.CompareEntities(out[n-1], e) != 0 {
			out = append(out, e)
		}
	}
	return out
}

// textRecord is what every shape with a text begins with.
type textRecord struct {
	ID   string            `json:"id"`
	Text string            `json:"text"`
	Meta map[string]string `json:"meta,omitempty"`
}

func (w *writer) base(doc corpora.Document) textRecord { return textRecord{doc.ID, doc.Text, doc.Meta} }

type triple [3]any

func (w *writer) triples(doc corpora.Document) []triple {
	out := []triple{}
	m := corpora.NewMapper(doc.Text)
	for _, e := range w.continuous(doc) {
		w.loseLinks(e, 0)
		w.losePrediction(e)
		out = append(out, triple{m.CodePoints(e.Start()), m.CodePoints(e.End()), e.Label})
	}
	return out
}

func encodeSpacy(w *writer, doc corpora.Document) error {
	return w.json(struct {
		textRecord
		Entities []triple `json:"entities"`
	}{w.base(doc), w.triples(doc)})
}

// decodeDoccano reads [start, end, label] lists under "label" or "labels", and "entities" of objects with
// start_offset and end_offset. Offsets count code points, as Doccano's do.
func decodeDoccano(r record, o options) (corpora.Document, error) {
	doc, err := textDocument(r, "label", "labels", "Comments")
	if err != nil {
		return doc, err
	}
	var raw json.RawMessage
	for _, name := range []string{"label", "labels", "entities"} {
		if r.has(name) {
			raw = r.fields[name]
			break
		}
	}
	return doc, fill(&doc, raw, o, unitCodePoint)
}

func encodeDoccano(w *writer, doc corpora.Document) error {
	return w.json(struct {
		textRecord
		Label []triple `json:"label"`
	}{w.base(doc), w.triples(doc)})
}
