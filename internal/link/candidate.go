package link

import (
	"cmp"
	"slices"
	"strings"
)

// candidate is a concept that a mention may name: an id, or several that its annotation gives together.
type candidate struct {
	ids      []string
	features features
	source   string  // of the strongest evidence
	strength float64 // of that
	chance   float64
}

// sources, from the strongest to the weakest.
const (
	sourceAnnotated = "annotated"    // the same name is annotated with the id
	sourceName      = "name"         // it is the name of a term
	sourceSynonym   = "synonym"      // it is a synonym of one
	sourceLong      = "abbreviation" // its long form is
	sourceForm      = "form"         // another number, spelling or order is
	sourceNoun      = "noun"         // it is the adjective of one
	sourceBeside    = "beside"       // the mention in brackets behind it, or before it, has the id
	sourceFuzzy     = "fuzzy"        // it is misspelled
	sourcePart      = "part"         // a part of it is, as in "breast and ovarian cancer"
	sourceInside    = "inside"       // a name in it is
	sourceMention   = "near-mention" // a mention with similar words is annotated with the id
	sourceNear      = "near-name"    // a similar name is a term's
	sourceDocument  = "document"     // another mention of the document has it
)

// strengths order the sources.
var strengths = map[string]float64{
	sourceAnnotated: 10, sourceName: 9, sourceSynonym: 8, sourceLong: 7, sourceForm: 6, sourceNoun: 5.5, sourcePart: 5, sourceBeside: 4.5, sourceFuzzy: 4,
	sourceInside: 3, sourceMention: 2, sourceNear: 1, sourceDocument: 0.5,
}

// candidates of one mention, by their ids.
type candidates struct {
	list    []*candidate
	at      map[string]*candidate
	foreign func(id string) bool
}

func (l *Linker) newCandidates(label string) *candidates {
	foreign := func(id string) bool { return l.table.foreign(id, label) }
	return &candidates{at: map[string]*candidate{}, foreign: foreign}
}

// get is the candidate with these ids, made where it is missing; source is noted where it is stronger than what is known.
func (c *candidates) get(ids []string, source string) *candidate {
	key := strings.Join(ids, "+")
	known := c.at[key]
	if known == nil {
		known = &candidate{ids: ids}
		if c.foreign(ids[0]) {
			known.features[foreign] = 1
		}
		c.at[key] = known
		c.list = append(c.list, known)
	}
	if s := strengths[source]; s > known.strength {
		known.source, known.strength = source, s
	}
	return known
}

// rank gives each candidate its chance and orders them: the shares of the exponentials of their scores, beside that of
// having no concept.
func (c *candidates) rank(m *model) {
	none, top := m.none, m.none
	scores := make(map[*candidate]float64, len(c.list))
	for _, x := range c.list {
		scores[x] = x.features.score(&m.weights)
		top = max(top, scores[x])
	}
	slices.SortFunc(c.list, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), slices.Compare(a.ids, b.ids))
	})
	sum := exp(none - top)
	for _, x := range c.list {
		x.chance = exp(scores[x] - top)
		sum += x.chance
	}
	for _, x := range c.list {
		x.chance /= sum
	}
}

// find is the candidate with these ids, nil where there is none.
func (c *candidates) find(ids []string) *candidate { return c.at[strings.Join(ids, "+")] }
