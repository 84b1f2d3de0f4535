package main

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/retrieval"
)

type hitJSON struct {
	Ref      string                   `json:"ref"`
	Document string                   `json:"document"`
	Sentence int                      `json:"sentence"`
	Text     string                   `json:"text"`
	Entities []entityJSON             `json:"entities"`
	Score    float64                  `json:"score"`
	From     []retrieval.Contribution `json:"from"`
}

type entityJSON struct {
	Start int    `json:"start"` // code points
	End   int    `json:"end"`
	Label string `json:"label"`
	Text  string `json:"text"`
}

type termJSON struct {
	ID    string                   `json:"id,omitempty"`
	Name  string                   `json:"name,omitempty"`
	Label string                   `json:"label"`
	Text  string                   `json:"text"`
	Start *int                     `json:"start,omitempty"` // code points of the query
	End   *int                     `json:"end,omitempty"`
	Prior float64                  `json:"prior"`
	From  []retrieval.Contribution `json:"from"`

	Senses []retrieval.Sense `json:"senses,omitempty"` // of an ambiguous name: all terms, the one above first
	Links  []linkJSON        `json:"links,omitempty"`  // with --link: the concepts that the hit may name, best first
}

// linkJSON is a concept that a term hit may name.
type linkJSON struct {
	ID     string  `json:"id"`
	Score  float64 `json:"score"`
	Name   string  `json:"name,omitempty"`
	Source string  `json:"source"`
}

// searchJSON is what search prints; links, nil without --link, are by term in the text.
func searchJSON(text string, e retrieval.Evidence, near []retrieval.TermHit, links [][]corpora.Link) map[string]any {
	hits := []hitJSON{}
	for _, d := range e.Demonstrations {
		h := hitJSON{d.Ref(), d.Sentence.DocID, d.Sentence.Index, d.Sentence.Text, []entityJSON{}, d.Score, d.From}
		m := corpora.NewMapper(d.Sentence.Text)
		for _, x := range d.Entities {
			h.Entities = append(h.Entities, entityJSON{m.CodePoints(x.Start()), m.CodePoints(x.End()), x.Label, x.Surface(d.Sentence.Text)})
		}
		hits = append(hits, h)
	}
	m := corpora.NewMapper(text)
	terms, names, passages := []termJSON{}, []termJSON{}, []string{}
	for i, t := range e.Terms {
		start, end := m.CodePoints(t.Fragment.Start), m.CodePoints(t.Fragment.End)
		hit := termJSON{t.Term.ID, t.Term.Name, t.Term.Label, t.Surface, &start, &end, t.Prior, t.From, ambiguous(t.Senses), nil}
		for k := 0; links != nil && k < len(links[i]); k++ {
			l := links[i][k]
			hit.Links = append(hit.Links, linkJSON{l.ID, l.Score, l.Name, l.Source})
		}
		terms = append(terms, hit)
	}
	for _, t := range near {
		names = append(names, termJSON{ID: t.Term.ID, Name: t.Term.Name, Label: t.Term.Label, Text: t.Surface, From: t.From, Senses: ambiguous(t.Senses)})
	}
	for _, p := range e.Passages {
		passages = append(passages, p.Text)
	}
	return map[string]any{"text": text, "demonstrations": hits, "terms": terms, "nearest_terms": names, "passages": passages}
}

// ambiguous leaves the senses of a name out that has one only.
func ambiguous(senses []retrieval.Sense) []retrieval.Sense {
	if len(senses) < 2 {
		return nil
	}
	return senses
}
