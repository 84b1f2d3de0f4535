package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// OwnID is the metadata field that keeps the id of a task through tools that number what they import. The readers of
// corpora/jsonl take it for the document's id.
const OwnID = "ragner_id"

// Task is the sentence as a document of its own, to be annotated. Its metadata say where it comes from and why it was
// chosen; with propose it has the entities that the tagger would give it, as predictions.
func (p Pick) Task(propose bool) corpora.Document {
	doc := corpora.Document{ID: p.ID(), Text: p.Text, Meta: map[string]string{
		OwnID: p.ID(), "document": p.DocID, "sentence": strconv.Itoa(p.Index),
		"start": strconv.Itoa(p.CodePoints[0]), "end": strconv.Itoa(p.CodePoints[1]),
		"score": number(p.Score), "doubt": number(p.Doubt), "density": number(p.Density), "doubts": p.doubts(),
	}}
	for name, text := range map[string]string{"before": p.Before, "after": p.After} {
		if text != "" {
			doc.Meta[name] = text
		}
	}
	for _, d := range p.Doubts {
		if propose && d.Proposed {
			doc.Entities = append(doc.Entities, corpora.Entity{
				Label: d.Label, Fragments: []corpora.Fragment{d.Fragment}, Score: d.Chance, Status: corpora.StatusExact,
			})
		}
	}
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc
}

// ID is the id of the task: document, sentence, and a hash of the text, so that the same sentence always gets the same
// one, and another sentence another, even where a document of the same id comes later. Its signs fit into file names.
func (p Pick) ID() string {
	return fmt.Sprintf("%s@%d-%08x", p.DocID, p.Index, uint32(hashOf(p.Text)))
}

// mostDoubts is how many stretches a task names.
const mostDoubts = 10

// doubts are the most doubtful stretches in the order of the text: "12-24 Disease 0.48; 30-35 0.31". Offsets are code points
// of the sentence; a stretch without label is a word that the index has never seen.
func (p Pick) doubts() string {
	list := slices.Clone(p.Doubts)
	slices.SortStableFunc(list, func(a, b Doubt) int { return cmp.Compare(b.Chance*(1-b.Chance), a.Chance*(1-a.Chance)) })
	list = list[:min(len(list), mostDoubts)]
	slices.SortStableFunc(list, compareDoubts)
	mapper := corpora.NewMapper(p.Text)
	parts := make([]string, len(list))
	for i, d := range list {
		words := []string{fmt.Sprintf("%d-%d", mapper.CodePoints(d.Start), mapper.CodePoints(d.End)), d.Label, fmt.Sprintf("%.2f", d.Chance)}
		parts[i] = strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
	}
	return strings.Join(parts, "; ")
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
