package score

import (
	"fmt"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// bestFive is how many of a mention's ranked ids AtFive looks at.
const bestFive = 5

// Linking says how well mentions were resolved to concepts. docs/scoring.md defines its figures.
type Linking struct {
	// Given is over all gold mentions with an id, each resolved at its gold borders; nil where that was not done.
	Given *Ranked `json:"given,omitempty"`
	// Found is over the gold mentions with an id that were predicted with the right borders and label.
	Found Ranked `json:"found"`
	// Coverage is over the gold mentions with an id: those of which the index knows an id; nil without an index.
	Coverage *Covered `json:"coverage,omitempty"`
	// Strict counts a prediction as right with the right borders, label and first concept; where gold has no concept,
	// with none.
	Strict Figures `json:"strict"`
	// Documents compares for each document the set of all concepts.
	Documents Figures `json:"documents"`
}

// Ranked says how high the right ids stand. AtOne is the share of mentions whose first id is one of gold's, AtFive of
// those that have one among the first five.
type Ranked struct {
	Mentions int     `json:"mentions"`
	AtOne    float64 `json:"at1"`
	AtFive   float64 `json:"at5"`
	// Calibration compares the first ids' scores with how often they are right; nil where none has a score.
	Calibration *Calibration `json:"calibration,omitempty"`

	one, five int
	scores    *Calibrator
}

// Covered is the share of Mentions of which something is known.
type Covered struct {
	Mentions int     `json:"mentions"`
	Share    float64 `json:"share"`

	known int
}

// Link adds up how pairs are resolved; its zero value is ready.
type Link struct {
	found, given      Ranked
	coverage          Covered
	strict, documents Counts
	mentions          int  // gold mentions with an id
	asked             bool // of coverage
	answered          bool // some prediction has an id
}

// Add scores a pair. given is the gold document with its mentions resolved at their own borders, nil where that was not
// done; known reports whether the index has an id, and may be nil.
func (l *Link) Add(p Pair, given *corpora.Document, known func(id string) bool) {
	gold, pred := p.mentions()
	for _, side := range p.comparable(gold, pred) {
		l.compare(side)
	}
	for _, m := range gold {
		ids := corpora.CanonicalIDs(m.entity.Concepts)
		if len(ids) == 0 {
			continue
		}
		l.mentions++
		if known != nil {
			l.asked = true
			l.coverage.Mentions++
			if slices.ContainsFunc(ids, known) {
				l.coverage.known++
			}
		}
	}
	if given != nil {
		l.addGiven(p.Gold, *given)
	}
	for _, side := range p.comparable(gold, pred) {
		l.addDocument(side)
	}
}

// compare scores the mentions that both sides have.
func (l *Link) compare(s sides) {
	at := make(map[string]mention, len(s.gold))
	for _, m := range s.gold {
		at[m.key()] = m
	}
	right := 0
	for _, m := range s.pred {
		g, ok := at[m.key()]
		if !ok {
			continue
		}
		ids := corpora.CanonicalIDs(g.entity.Concepts)
		if len(ids) > 0 {
			l.found.add(ids, m.entity)
		}
		if rightConcept(ids, corpora.CanonicalIDs(m.entity.Concepts)) {
			right++
		}
	}
	l.strict.Add(Counts{float64(right), float64(len(s.pred) - right), float64(len(s.gold) - right)})
}

// rightConcept reports whether the first predicted id is one of gold's, or both have none.
func rightConcept(gold, predicted []string) bool {
	if len(gold) == 0 || len(predicted) == 0 {
		return len(gold) == len(predicted)
	}
	return slices.Contains(gold, predicted[0])
}

// addGiven scores mentions of gold that were resolved at their own borders. Both documents have them in one order.
func (l *Link) addGiven(gold, given corpora.Document) {
	for i, e := range gold.Entities {
		if ids := corpora.CanonicalIDs(e.Concepts); len(ids) > 0 {
			l.given.add(ids, given.Entities[i])
		}
	}
}

// add counts a mention with ids of gold.
func (r *Ranked) add(gold []string, e corpora.Entity) {
	ranked := e.Concepts
	if len(e.Links) > 0 {
		ranked = make([]string, len(e.Links))
		for i, link := range e.Links {
			ranked[i] = link.ID
		}
		r.addScore(e.Links[0], gold)
	}
	r.Mentions++
	for i, id := range ranked[:min(len(ranked), bestFive)] {
		if slices.Contains(gold, corpora.CanonicalID(id)) {
			if i == 0 {
				r.one++
			}
			r.five++
			return
		}
	}
}

// addScore counts the score of a first id.
func (r *Ranked) addScore(first corpora.Link, gold []string) {
	if r.scores == nil {
		r.scores = NewCalibrator(0)
	}
	r.scores.sums.count(first.Score, slices.Contains(gold, corpora.CanonicalID(first.ID)))
}

// addDocument compares the sets of concepts of a document.
func (l *Link) addDocument(s sides) {
	want, got := conceptSet(s.gold), conceptSet(s.pred)
	l.answered = l.answered || len(got) > 0
	right := 0
	for id := range got {
		if want[id] {
			right++
		}
	}
	l.documents.Add(Counts{float64(right), float64(len(got) - right), float64(len(want) - right)})
}

func conceptSet(mentions []mention) map[string]bool {
	ids := map[string]bool{}
	for _, m := range mentions {
		for _, id := range corpora.CanonicalIDs(m.entity.Concepts) {
			ids[id] = true
		}
	}
	return ids
}

// Linking derives the shares of what was added; nil where gold or predictions have no ids.
func (l *Link) Linking() *Linking {
	if l.mentions == 0 || !l.answered && l.given.Mentions == 0 {
		return nil
	}
	x := &Linking{Found: l.found.shares(), Strict: l.strict.Figures(), Documents: l.documents.Figures()}
	if l.given.Mentions > 0 {
		given := l.given.shares()
		x.Given = &given
	}
	if l.asked {
		x.Coverage = &Covered{Mentions: l.coverage.Mentions, Share: ratio(float64(l.coverage.known), float64(l.coverage.Mentions))}
	}
	return x
}

func (r Ranked) shares() Ranked {
	x := Ranked{Mentions: r.Mentions, AtOne: ratio(float64(r.one), float64(r.Mentions)), AtFive: ratio(float64(r.five), float64(r.Mentions))}
	if r.scores != nil {
		c := r.scores.Calibration()
		x.Calibration = &c
	}
	return x
}

// lines tell the figures to people; "" where there are none.
func (x *Linking) lines() string {
	if x == nil {
		return ""
	}
	text := "concepts: "
	if x.Given != nil {
		text += fmt.Sprintf("right first for %s of %d mentions at their gold borders, among the first five for %s", share(x.Given.AtOne), x.Given.Mentions, share(x.Given.AtFive))
		if x.Coverage != nil {
			text += fmt.Sprintf("; the index knows an id of %s", share(x.Coverage.Share))
		}
		if c := x.Given.Calibration; c != nil {
			text += fmt.Sprintf("; scores of %d first ids: %s", c.Predictions, c)
		}
		text += "\n          "
	}
	return text + fmt.Sprintf("right first for %s of %d found mentions, among the first five for %s\n", share(x.Found.AtOne), x.Found.Mentions, share(x.Found.AtFive)) +
		fmt.Sprintf("          strict F1 with the right concept %s (precision %s, recall %s); F1 of documents' concepts %s (%s, %s)",
			share(x.Strict.F1), share(x.Strict.Precision), share(x.Strict.Recall),
			share(x.Documents.F1), share(x.Documents.Precision), share(x.Documents.Recall))
}
