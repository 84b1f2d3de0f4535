package brat

import (
	"encoding/json"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// The types of the notes in which the writer keeps what brat has no place for. brat shows a note on an
// annotation when the pointer rests on it, and ignores one with a target it does not know.
const (
	predictionNote = "RagnerPrediction"
	documentType   = "RagnerDocument"
	documentTarget = "document"
)

// prediction is what a predicted entity has beyond a gold one.
type prediction struct {
	Score          float64        `json:"score,omitempty"`
	Status         corpora.Status `json:"status,omitempty"`
	Demonstrations []string       `json:"demonstrations,omitempty"`
	Terms          []string       `json:"terms,omitempty"`
	Steps          []corpora.Step `json:"steps,omitempty"`
	Links          []corpora.Link `json:"links,omitempty"`
}

func predictionOf(e corpora.Entity) (p prediction, predicted bool) {
	p = prediction{e.Score, e.Status, e.From.Demonstrations, e.From.Terms, e.From.Steps, e.Links}
	return p, e.Score != 0 || (e.Status != "" && e.Status != corpora.StatusGold) || !e.From.Empty() || len(e.Links) > 0
}

// documentNote is what a document has beyond its text and entities.
type documentNote struct {
	ID    string            `json:"id,omitempty"`
	Meta  map[string]string `json:"meta,omitempty"`
	Error *corpora.Failure  `json:"error,omitempty"`
}

func (n documentNote) empty() bool { return n.ID == "" && len(n.Meta) == 0 && n.Error == nil }

func (n documentNote) apply(doc *corpora.Document) {
	if n.ID != "" {
		doc.ID = n.ID
	}
	doc.Meta, doc.Err = n.Meta, n.Error
}

// comment takes "#1<tab>Type Target<tab>text": the writer's own notes; all others are counted.
func (p *parsed) comment(line string) {
	columns := strings.SplitN(line, "\t", 3)
	if len(columns) == 3 && p.ownNote(columns[1], []byte(columns[2])) {
		return
	}
	p.leftOut.Add("notes", 1)
}

func (p *parsed) ownNote(header string, content []byte) bool {
	switch kind, target, _ := strings.Cut(header, " "); kind {
	case predictionNote:
		var one prediction
		if json.Unmarshal(content, &one) != nil {
			return false
		}
		p.predictions[target] = one
		return true
	case documentType:
		var note documentNote
		if json.Unmarshal(content, &note) != nil {
			return false
		}
		p.note = note
		return true
	}
	return false
}

// applyPredictions gives each prediction to its mention.
func (p *parsed) applyPredictions() {
	for target, one := range p.predictions {
		if i, ok := p.byID[target]; ok {
			m := &p.mentions[i]
			m.Score, m.Status = one.Score, one.Status
			m.Links = one.Links
			m.From = corpora.Provenance{Demonstrations: one.Demonstrations, Terms: one.Terms, Steps: one.Steps}
		}
	}
}
