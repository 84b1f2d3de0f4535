package jsonl

import (
	"bufio"
	"fmt"
	"io"

	"github.com/ragner/ragner/corpora"
)

// What the shapes of other tools cannot hold, as Lost names it.
const (
	lostDiscontinuous = corpora.LostDiscontinuous // written as their whole stretch
	lostConcepts      = "concept ids"
	lostPrediction    = "scores, statuses and evidence of predictions"
	lostFailed        = "failed documents (left out)"
	lostMeta          = "metadata"
	lostSentences     = "sentence borders"
)

// writer writes records of one shape, a line each; Label Studio's as one array.
type writer struct {
	w     *bufio.Writer
	shape shape
	tasks bool // documents are to be annotated
	lost  corpora.Loss
	count int // documents so far
}

var _ corpora.Writer = (*writer)(nil)

func newWriter(w io.Writer, s shape) *writer {
	return &writer{w: bufio.NewWriter(w), shape: s, lost: corpora.Loss{}}
}

// Write writes one document. A shape of another tool leaves a failed document out, rather than show it as one
// without entities.
func (w *writer) Write(doc corpora.Document) error {
	if w.shape.name == nameOwn {
		return w.shape.encode(w, doc)
	}
	if doc.Err != nil {
		w.lost.Add(lostFailed, 1)
		return nil
	}
	for i, e := range doc.Entities {
		if err := checkEntity(doc.Text, e); err != nil {
			return fmt.Errorf("write document %s: entity %d: %w", doc.ID, i+1, err)
		}
	}
	if len(doc.Sentences) > 0 && w.shape.name != nameHuggingFace {
		w.lost.Add(lostSentences, len(doc.Sentences))
	}
	return w.shape.encode(w, doc)
}

// Close ends the file: it closes the array and writes what is buffered.
func (w *writer) Close() error {
	if w.shape.name == nameLabelStudio {
		end := "\n]\n"
		if w.count == 0 {
			end = "[]\n"
		}
		if _, err := w.w.WriteString(end); err != nil {
			return err
		}
	}
	return w.w.Flush()
}

// Lost counts what the shape could not hold.
func (w *writer) Lost() corpora.Loss { return w.lost }

func (w *writer) json(v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	return w.line(raw)
}

func (w *writer) line(raw []byte) error {
	before, after := "", "\n"
	if w.shape.name == nameLabelStudio {
		before, after = ",\n", ""
		if w.count == 0 {
			before = "[\n"
		}
	}
	w.count++
	if _, err := w.w.WriteString(before); err != nil {
		return err
	}
	if _, err := w.w.Write(raw); err != nil {
		return err
	}
	_, err := w.w.WriteString(after)
	return err
}

// continuous gives the entities in order with one fragment each.
func (w *writer) continuous(doc corpora.Document) []corpora.Entity {
	entities := sorted(doc.Entities)
	for i, e := range entities {
		if len(e.Fragments) > 1 {
			w.lost.Add(lostDiscontinuous, 1)
			entities[i].Fragments = []corpora.Fragment{{Start: e.Start(), End: e.End()}}
		}
	}
	return entities
}

// loseLinks counts concept ids past the first held.
func (w *writer) loseLinks(e corpora.Entity, held int) {
	w.lost.Add(lostConcepts, max(0, len(e.Concepts)-held))
}

func (w *writer) losePrediction(e corpora.Entity) {
	if predicted(e) || !e.From.Empty() {
		w.lost.Add(lostPrediction, 1)
	}
}

func predicted(e corpora.Entity) bool { return e.Status != "" && e.Status != corpora.StatusGold }
