package standoff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// Meta keys that readers set.
const (
	// MetaLeftOut counts what a file states and a Document cannot hold: "3 events, 12 relations".
	MetaLeftOut = "left_out"
	// MetaUnit names the unit of the file's offsets where it is not code points.
	MetaUnit = "offset_unit"
)

// Problem is one annotation, or line, that could not be taken.
type Problem struct {
	Line int // from 1; 0 when unknown
	Err  error
}

// Placed is the outcome of placing a document's mentions in its text.
type Placed struct {
	Unit     Unit
	Entities []corpora.Entity // in the order of corpora.CompareEntities
	Problems []Problem
}

// Best places under each unit until one leaves no problem, and gives the one with the fewest; of equals the
// earlier. That a file counts bytes or UTF-16 units shows in surfaces that fit there and nowhere else.
func Best(units []Unit, place func(Unit) Placed) Placed {
	var best Placed
	for i, u := range units {
		p := place(u)
		p.Unit = u
		if i == 0 || len(p.Problems) < len(best.Problems) {
			best = p
		}
		if len(best.Problems) == 0 {
			break
		}
	}
	slices.SortStableFunc(best.Entities, corpora.CompareEntities)
	return best
}

// Place places mentions in text under the best of units.
func Place(text string, mentions []Mention, units []Unit) Placed {
	return Best(units, func(u Unit) (p Placed) {
		ruler := NewRuler(text, u)
		for i, m := range mentions {
			e, err := ruler.Entity(m)
			if err != nil {
				p.Problems = append(p.Problems, Problem{m.Line, fmt.Errorf("annotation %s: %w", name(m, i), err)})
				continue
			}
			p.Entities = append(p.Entities, e)
		}
		return p
	})
}

func name(m Mention, i int) string {
	if m.ID != "" {
		return m.ID
	}
	return fmt.Sprintf("number %d", i+1)
}

// Annotate fills doc from what was placed: entities, the unit and what was left out.
func Annotate(doc *corpora.Document, p Placed, leftOut corpora.Loss) {
	doc.Entities = p.Entities
	if p.Unit != CodePoint {
		SetMeta(doc, MetaUnit, string(p.Unit))
	}
	if len(leftOut) > 0 {
		SetMeta(doc, MetaLeftOut, leftOut.String())
	}
}

// SetMeta sets a Meta value, making the map where there is none.
func SetMeta(doc *corpora.Document, key, value string) {
	if doc.Meta == nil {
		doc.Meta = map[string]string{}
	}
	doc.Meta[key] = value
}

// OwnMeta is doc.Meta without the keys, in a map of its own; nil when nothing is left.
func OwnMeta(doc corpora.Document, without ...string) map[string]string {
	own := maps.Clone(doc.Meta)
	for _, key := range without {
		delete(own, key)
	}
	if len(own) == 0 {
		return nil
	}
	return own
}

// maxNamed is how many of one document's problems are named each; the others are counted.
const maxNamed = 10

// Yield gives the document, then an error for each of its problems; false means stop.
func Yield(src corpora.Source, doc corpora.Document, problems []Problem, yield func(corpora.Document, error) bool) bool {
	if !yield(doc, nil) {
		return false
	}
	for i, p := range problems {
		err := p.Err
		if i == maxNamed {
			err = fmt.Errorf("%d more annotations could not be taken", len(problems)-i)
		}
		bad := &corpora.BadDocument{Path: src.Name, Line: p.Line, ID: doc.ID, Err: err, Annotation: true}
		if !yield(corpora.Document{ID: doc.ID}, bad) {
			return false
		}
		if i == maxNamed {
			break
		}
	}
	return true
}
