package jsonl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// wireTail is what follows a document's id, text and entities in its line; every offset counts Unicode code points.
type wireTail struct {
	Sentences []wireSentence    `json:"sentences,omitempty"`
	Meta      map[string]string `json:"meta"`
	Err       *corpora.Failure  `json:"error"`
}

type wireEntity struct {
	ID        string         `json:"id,omitempty"`
	Start     int            `json:"start"`
	End       int            `json:"end"`
	Label     string         `json:"label"`
	Text      string         `json:"text"`
	Fragments [][2]int       `json:"fragments"`
	Concepts  []string       `json:"concepts,omitempty"`
	Score     *float64       `json:"score,omitempty"`
	Status    corpora.Status `json:"status"`
	From      *wireFrom      `json:"from,omitempty"`
	Links     []corpora.Link `json:"links,omitempty"`
}

type wireFrom struct {
	Demonstrations []string       `json:"demonstrations"`
	Terms          []string       `json:"terms"`
	Steps          []corpora.Step `json:"steps,omitempty"`
}

// wireSentence keeps what a tokenised source states; its offsets count from the start of the document.
type wireSentence struct {
	Start  int      `json:"start"`
	End    int      `json:"end"`
	Tokens [][2]int `json:"tokens"`
}

// Marshal gives doc as one line of ragner's JSON without a line feed. The keys id, text, entities, meta and
// error are always there; entities are ordered by corpora.CompareEntities and scores rounded to 4 decimals.
// Beyond the contract, "sentences" holds those that a tokenised source stated. A document with Err has no
// entities in the line.
func Marshal(doc corpora.Document) ([]byte, error) {
	m := corpora.NewMapper(doc.Text)
	l := newLine(len(doc.Text) + len(doc.Text)/16 + usualEntity*(len(doc.Entities)+1))
	l.buf.WriteString(`{"id":`)
	l.put(doc.ID)
	l.buf.WriteString(`,"text":`)
	l.putLong(doc.Text)
	l.buf.WriteString(`,"entities":[`)
	if doc.Err == nil {
		for i, e := range inOrder(doc.Entities) {
			if err := checkEntity(doc.Text, e); err != nil {
				return nil, fmt.Errorf("write document %s: entity %d: %w", doc.ID, i+1, err)
			}
			if i > 0 {
				l.buf.WriteByte(',')
			}
			l.put(toWire(doc.Text, m, e))
		}
	}
	l.buf.WriteByte(']')
	tail := wireTail{Sentences: sentencesToWire(m, doc.Sentences), Meta: doc.Meta, Err: doc.Err}
	if tail.Meta == nil {
		tail.Meta = map[string]string{}
	}
	at := l.buf.Len()
	l.put(tail)
	if l.err != nil {
		return nil, l.err
	}
	l.buf.Bytes()[at] = ',' // in place of its brace
	return l.buf.Bytes(), nil
}

// inOrder has the order of every output, and most often is entities itself.
func inOrder(entities []corpora.Entity) []corpora.Entity {
	if slices.IsSortedFunc(entities, corpora.CompareEntities) {
		return entities
	}
	return sorted(entities)
}

// usualEntity is about how many bytes one takes in a line.
const usualEntity = 256

// encode is JSON without HTML escapes and without a final line feed.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func toWire(text string, m *corpora.Mapper, e corpora.Entity) wireEntity {
	e = e.Rounded()
	w := wireEntity{
		ID: e.ID, Start: m.CodePoints(e.Start()), End: m.CodePoints(e.End()), Label: e.Label,
		Text: e.Surface(text), Concepts: e.Concepts, Status: e.Status, Links: e.Links,
	}
	for _, f := range e.Fragments {
		w.Fragments = append(w.Fragments, [2]int{m.CodePoints(f.Start), m.CodePoints(f.End)})
	}
	if w.Status == "" {
		w.Status = corpora.StatusGold
	}
	if w.Status != corpora.StatusGold || e.Score != 0 {
		score := e.Score // or every entity would escape to the heap
		w.Score = &score
	}
	if !e.From.Empty() {
		w.From = &wireFrom{orEmpty(e.From.Demonstrations), orEmpty(e.From.Terms), e.From.Steps}
	}
	return w
}

func sentencesToWire(m *corpora.Mapper, sentences []corpora.Sentence) []wireSentence {
	var out []wireSentence
	for _, s := range sentences {
		w := wireSentence{m.CodePoints(s.Offset), m.CodePoints(s.Offset + len(s.Text)), [][2]int{}}
		for _, t := range s.Tokens {
			w.Tokens = append(w.Tokens, [2]int{m.CodePoints(s.Offset + t.Start), m.CodePoints(s.Offset + t.End)})
		}
		out = append(out, w)
	}
	return out
}

// checkEntity refuses what no file may hold: fragments that are missing, outside the text or out of order, and
// scores that are not finite.
func checkEntity(text string, e corpora.Entity) error {
	if len(e.Fragments) == 0 {
		return fmt.Errorf("it has no fragment")
	}
	last := 0
	for _, f := range e.Fragments {
		if f.Start < last || f.End <= f.Start || f.End > len(text) {
			return fmt.Errorf("bytes %d to %d are outside the text or out of order", f.Start, f.End)
		}
		last = f.End
	}
	if math.IsNaN(e.Score) || math.IsInf(e.Score, 0) {
		return fmt.Errorf("its score is not a finite number")
	}
	return nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
