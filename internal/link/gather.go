package link

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// mention is a name in a document, with a label: all its occurrences are resolved as one.
type mention struct {
	surface, label string
	long           string // what it stands for, where the document defines it or a short form in it; else ""
	words          words
	found          *candidates
	first          candidate  // the likeliest one, before the document's other mentions were looked at
	parts          []*mention // of one that names several concepts
	beside         []*mention // those that stand in brackets behind it, or before which it stands so
}

// full is the name that the mention stands for.
func (m *mention) full() string {
	if m.long != "" {
		return m.long
	}
	return m.surface
}

// gathering is the work for one document.
type gathering struct {
	*Linker
	id      string
	without []string
	defined map[string]string // short forms with their long forms
}

func (g *gathering) query(text string) retrieval.Query {
	return retrieval.Query{Sentence: corpora.Sentence{DocID: g.id, Text: text}, Exclude: g.without}
}

// slots are the features that a way of finding a name has.
type slots struct {
	annotated, named, related feature
	source, synonym           string // "" for that of the way itself
	trust                     float64
}

// gather finds the candidates of a mention.
func (g *gathering) gather(surface, label string) *mention {
	m := &mention{surface: surface, label: label, long: g.expand(surface), found: g.newCandidates(label)}
	m.words = newWords(g.index, m.full())
	whole := g.defined[surface] != "" && g.depth >= depthForms
	exact := slots{annotated, named, related, sourceAnnotated, sourceSynonym, 1}
	if whole {
		exact = slots{doubted, doubted, doubted, sourceFuzzy, sourceFuzzy, 1}
	}
	known := g.byNames(m, surface, exact)
	if m.long != "" && g.depth >= depthForms {
		known = g.byNames(m, m.long, slots{longAnnotated, longNamed, longNamed, sourceLong, sourceLong, 1}) || known && !whole
	}
	if !known && g.depth >= depthForms {
		known = g.byNouns(m)
	}
	if known || g.depth < depthNear {
		return m
	}
	if m.parts = g.split(m); m.parts != nil {
		return m
	}
	g.near(m)
	return m
}

// expand is the long form of a short form, or a mention with the short forms in it written out; "" where there are none.
func (g *gathering) expand(surface string) string {
	if long := g.defined[surface]; long != "" || len(g.defined) == 0 {
		return long
	}
	fields := strings.Fields(surface)
	changed := false
	for i, f := range fields {
		if long := g.defined[f]; long != "" {
			fields[i], changed = long, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(fields, " ")
}

// byNames adds what has a surface as its name; it reports whether something has it as it stands or in another form.
func (g *gathering) byNames(m *mention, surface string, exact slots) (known bool) {
	for _, n := range g.searcher.Names(g.query(surface)) {
		at := exact
		switch {
		case n.Source == "lexicon":
		case g.depth < depthForms:
			continue
		case n.Source == "fuzzy":
			at = slots{misspelled, misspelled, misspelled, sourceFuzzy, sourceFuzzy, 0.5}
		case exact.annotated == longAnnotated:
			at = slots{longForm, longForm, longForm, sourceLong, sourceLong, 1}
		default:
			at = slots{formAnnotated, formNamed, formNamed, sourceForm, sourceForm, 1}
		}
		before := len(m.found.list)
		g.byAnnotations(m, n, at)
		g.byTerms(m, n.Entry.Terms, at)
		known = known || at.trust == 1 && (len(m.found.list) > before || n.Times > 0 && n.Source == "lexicon")
	}
	return known
}

// byAnnotations adds the ids that the annotations give to a name.
func (g *gathering) byAnnotations(m *mention, n lexicon.Name, at slots) {
	sets := together(n)
	total := 0
	for _, s := range sets {
		total += s.count
	}
	total = max(total, n.Times)
	for _, s := range sets {
		c := m.found.get(g.answer(s.ids, m.label), at.source)
		c.features.raise(at.annotated, at.trust*float64(s.count)/(float64(total)+0.5))
		if at.annotated == annotated {
			c.features.raise(annotatedLog, min(4, math.Log2(1+float64(s.count))))
			c.features.raise(otherwise, min(4, math.Log2(1+float64(total-s.count))))
		}
	}
}

// idSet are ids that an annotation gives together, and how often.
type idSet struct {
	ids   []string
	count int
}

// together tells ids that a name's mentions carry at the same time from such as some carry and others do not: where there
// are more ids than mentions, ids that stand equally often and make up the difference belong together.
func together(n lexicon.Name) []idSet {
	var plain []lexicon.ConceptCount
	var sets []idSet
	over := -n.Times
	for _, c := range n.Entry.Concepts {
		over += c.Count
		if strings.Contains(c.ID, "+") {
			sets = addSet(sets, c)
		} else {
			plain = append(plain, c)
		}
	}
	for first := 0; first < len(plain); {
		next := first + 1
		for next < len(plain) && plain[next].Count == plain[first].Count {
			next++
		}
		group := plain[first:next]
		first = next
		if n.Times > 0 && over > 0 && len(group) > 1 && over == group[0].Count*(len(group)-1) {
			sets = addSet(sets, group...)
			continue
		}
		for _, c := range group {
			sets = addSet(sets, c)
		}
	}
	slices.SortStableFunc(sets, func(a, b idSet) int { return cmp.Compare(b.count, a.count) })
	return sets
}

// addSet adds ids that stand together, or their count to that of the same ids.
func addSet(sets []idSet, list ...lexicon.ConceptCount) []idSet {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	ids = corpora.CanonicalIDs(ids)
	slices.Sort(ids)
	for i := range sets {
		if slices.Equal(sets[i].ids, ids) {
			sets[i].count += list[0].Count
			return sets
		}
	}
	return append(sets, idSet{ids, list[0].Count})
}

// answer gives ids in the preferred vocabularies.
func (g *gathering) answer(ids []string, label string) []string {
	var out []string
	for _, id := range ids {
		for _, a := range g.table.answer(id, label) {
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// byTerms adds the terms that have a name.
func (g *gathering) byTerms(m *mention, refs []lexicon.TermRef, at slots) {
	type sense struct {
		ids     []string
		exact   bool
		primary bool
		up      bool
		own     string
	}
	var senses []sense
	distinct := map[bool]map[string]bool{true: {}, false: {}}
	for _, ref := range refs {
		if !g.table.fits(ref.Label, m.label) {
			continue
		}
		ids, up := g.table.ids(ref.Row, m.label)
		s := sense{ids, ref.Primary || ref.Scope == corpora.ScopeExact, ref.Primary, up, corpora.CanonicalID(g.index.Term(ref.Row).ID)}
		senses = append(senses, s)
		distinct[s.exact][ids[0]] = true
	}
	for _, s := range senses {
		source := at.synonym
		if s.primary && at.source == sourceAnnotated {
			source = sourceName
		}
		slot := at.related
		if s.exact {
			slot = at.named
		}
		for _, id := range s.ids {
			c := m.found.get([]string{id}, source)
			c.features.raise(slot, at.trust/float64(len(distinct[s.exact])))
			if s.up {
				c.features.raise(parent, 1)
			}
			if s.primary && at.trust == 1 && id == s.own {
				c.features.raise(direct, 1)
			}
			if len(s.ids) > 1 {
				c.features.raise(manyIDs, 1)
			}
		}
	}
}
