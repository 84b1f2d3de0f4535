// Package link resolves tagged mentions to the concepts of ontologies and of annotated corpora: it finds the ids that a
// mention may name, gives each a chance between 0 and 1, and keeps what speaks for it. It does not find mentions.
package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// ErrNoIDs says that an index has nothing to resolve mentions to.
var ErrNoIDs = errors.New("the index has neither an ontology nor annotations with concept ids")

// Settings of a linker. Begin with Defaults.
type Settings struct {
	Depth        string   // how far it looks: "names", "forms", "near" or "document"
	Threshold    float64  // least chance of a concept that a mention is given
	Candidates   int      // how many links a mention keeps, at least one
	Vocabularies []string // vocabularies to answer in, best first; none: those of the index's annotations, else the ontologies'
}

// Defaults are the settings measured best on development data.
func Defaults() Settings { return Settings{Depth: "document", Threshold: 0.2, Candidates: 5} }

// depth says which ways of finding names are used.
type depth int

// The depths; each has those before it.
const (
	depthNames    depth = iota // names as they stand
	depthForms                 // other forms, misspellings, abbreviations
	depthNear                  // parts of mentions, similar names and mentions
	depthDocument              // the document's other mentions
)

// depths are the names of the depths in their order.
var depths = []string{"names", "forms", "near", "document"}

// Validate reports a value that cannot be.
func (s Settings) Validate() error {
	switch {
	case !slices.Contains(depths, s.Depth):
		return fmt.Errorf("link: depth %q is none of %q", s.Depth, depths)
	case !(s.Threshold >= 0 && s.Threshold <= 1):
		return fmt.Errorf("link: threshold %v is not between 0 and 1", s.Threshold)
	case s.Candidates < 1:
		return fmt.Errorf("link: %d candidates, but at least 1 is wanted", s.Candidates)
	}
	return nil
}

// Linker resolves mentions by an index. It is safe for concurrent use.
type Linker struct {
	index    *index.Index
	searcher *retrieval.Searcher
	settings Settings
	depth    depth
	table    *table
	model    *model

	once  sync.Once
	given map[string]bool // ids of annotations, by Knows
}

// New returns a linker. Its error wraps ErrNoIDs where the index has no ids.
func New(x *index.Index, searcher *retrieval.Searcher, s Settings) (*Linker, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	l := &Linker{
		index: x, searcher: searcher, settings: s, depth: depth(slices.Index(depths, s.Depth)),
		table: newTable(x, s.Vocabularies), model: &fitted,
	}
	if x.TermCount() == 0 && len(l.table.spoken) == 0 {
		return nil, fmt.Errorf("%w: build it with --ontology, or from corpora whose annotations have ids", ErrNoIDs)
	}
	return l, errors.Join(l.table.check(), x.Err())
}

// Knows reports whether a concept's id stands in the index: of a term, as its cross-reference, or in an annotation.
func (l *Linker) Knows(id string) bool {
	l.once.Do(func() {
		l.given = map[string]bool{}
		for row := range l.index.Sentences().Len() {
			for _, e := range l.index.Sentence(row).Entities {
				for _, id := range corpora.CanonicalIDs(e.Concepts) {
					l.given[id] = true
				}
			}
		}
	})
	return l.given[id] || len(l.table.rows(id)) > 0
}

// Document resolves the entities of a document: their Links become the likeliest concepts, best first, and their Concepts
// those that they are taken to name, none where no chance reaches the threshold. Where the document's id stands in the
// index, it is resolved as if that document did not, and so for the ids in without. The entities are new, the
// given ones are left as they are.
func (l *Linker) Document(ctx context.Context, doc corpora.Document, without ...string) (corpora.Document, error) {
	if err := ctx.Err(); err != nil {
		return doc, err
	}
	entities := slices.Clone(doc.Entities)
	resolved := l.resolve(doc, without)
	for i, m := range resolved {
		entities[i].Links, entities[i].Concepts = l.links(m)
	}
	doc.Entities = entities
	return doc, l.index.Err()
}

// resolve gives for each entity of a document its mention with ranked candidates.
func (l *Linker) resolve(doc corpora.Document, without []string) []*mention {
	if len(doc.Entities) == 0 {
		return nil
	}
	g := &gathering{Linker: l, id: doc.ID, without: without, defined: lexicon.Abbreviations(doc.Text)}
	type name struct{ surface, label string }
	known := map[name]*mention{}
	var distinct []*mention
	all := make([]*mention, len(doc.Entities))
	for i, e := range doc.Entities {
		n := name{e.Surface(doc.Text), e.Label}
		if known[n] == nil {
			known[n] = g.gather(n.surface, n.label)
			distinct = append(distinct, known[n])
		}
		all[i] = known[n]
	}
	apposed(doc, all)
	l.rank(distinct)
	return all
}

// rank gives all candidates their chances, first each mention alone, then with what the others of the document say.
func (l *Linker) rank(mentions []*mention) {
	for _, m := range mentions {
		m.found.rank(l.model)
		for _, p := range m.parts {
			p.found.rank(l.model)
		}
	}
	if l.depth < depthDocument {
		return
	}
	look(mentions)
	for _, m := range mentions {
		m.found.rank(l.model)
	}
}

// links are what a mention keeps of its candidates, and the concepts that it is taken to name.
func (l *Linker) links(m *mention) (links []corpora.Link, concepts []string) {
	all := []*mention{m}
	if m.parts != nil {
		all = m.parts
	}
	for _, part := range all {
		for i, c := range part.found.list {
			for _, id := range c.ids {
				source := c.source
				if m.parts != nil {
					source = sourcePart
				}
				links = append(links, corpora.Link{ID: id, Name: l.table.name(id), Score: round(c.chance), Source: source})
				if i == 0 && c.chance >= l.settings.Threshold && !slices.Contains(concepts, id) {
					concepts = append(concepts, id)
				}
			}
		}
	}
	slices.SortStableFunc(links, func(a, b corpora.Link) int { return cmp.Compare(b.Score, a.Score) })
	links = distinct(links)
	slices.SortStableFunc(concepts, func(a, b string) int { return cmp.Compare(place(links, a), place(links, b)) })
	return links[:min(len(links), max(l.settings.Candidates, len(concepts)))], concepts
}

// distinct keeps the first link of each id.
func distinct(links []corpora.Link) []corpora.Link {
	seen := map[string]bool{}
	return slices.DeleteFunc(links, func(x corpora.Link) bool {
		again := seen[x.ID]
		seen[x.ID] = true
		return again
	})
}

func place(links []corpora.Link, id string) int {
	return slices.IndexFunc(links, func(x corpora.Link) bool { return x.ID == id })
}

// round cuts a score to the four decimals that files have.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
