package link

import (
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// How many names and annotated sentences are compared with a mention whose name is not known.
const (
	nearNames     = 40
	nearSentences = 20
)

// leastLike is the likeness below which a name says nothing.
const leastLike = 0.3

// near adds what has a name similar to a mention's.
func (g *gathering) near(m *mention) {
	g.nearMentions(m)
	g.nearTerms(m)
	g.inside(m)
}

// like is one number for how alike two names are.
func (l likeness) like() float64 { return (l.covered + l.used + l.letters) / 3 }

// nearMentions adds the ids of mentions with similar words, in the annotated sentences that BM25 finds.
func (g *gathering) nearMentions(m *mention) {
	type near struct {
		ids []string
		l   likeness
	}
	var list []near
	seen := map[string]bool{}
	total := 0.0
	for _, a := range g.searcher.SentencesAbout(g.query(m.full()), nearSentences) {
		for _, e := range a.Entities {
			ids := corpora.CanonicalIDs(e.Concepts)
			if len(ids) == 0 || e.Label != m.label {
				continue
			}
			surface := e.Surface(a.Text)
			key := lexicon.Key(surface) + "\x00" + strings.Join(ids, "+")
			if seen[key] {
				continue
			}
			seen[key] = true
			if l := compare(m.words, newWords(g.index, surface)); l.like() >= leastLike {
				list = append(list, near{g.answer(ids, m.label), l})
				total += l.like() * l.like()
			}
		}
	}
	for _, n := range list {
		c := m.found.get(n.ids, sourceMention)
		if n.l.like() > c.features[nearMention] {
			c.features[nearMention], c.features[nearMentionCovered], c.features[nearMentionUsed] = n.l.like(), n.l.covered, n.l.used
		}
		c.features[nearShare] += n.l.like() * n.l.like() / total
	}
}

// nearTerms adds terms with similar names, found by BM25.
func (g *gathering) nearTerms(m *mention) {
	terms := g.index.Terms()
	for _, row := range g.searcher.TermsNear(m.full(), nearNames) {
		number := g.index.TermOfName(row)
		term := g.index.Term(number)
		if !g.table.fits(term.Label, m.label) {
			continue
		}
		l := compare(m.words, newWords(g.index, terms.Text(row)))
		if l.like() < leastLike {
			continue
		}
		ids, up := g.table.ids(number, m.label)
		for _, id := range ids {
			c := m.found.get([]string{id}, sourceNear)
			if l.like() > c.features[nearName] {
				c.features[nearName], c.features[nearNameCovered], c.features[nearNameUsed] = l.like(), l.covered, l.used
			}
			c.features[nearBoth] = c.features[nearName] * c.features[nearMention]
			if up {
				c.features.raise(parent, 1)
			}
			if len(ids) > 1 {
				c.features.raise(manyIDs, 1)
			}
		}
	}
}

// inside adds what the longest names within a mention stand for: "bilateral sporadic aniridia".
func (g *gathering) inside(m *mention) {
	text := m.full()
	q := g.query(text)
	found := lexicon.Longest(g.searcher.Inside(q), 0)
	for _, c := range found {
		if c.Label != m.label {
			continue
		}
		l := compare(m.words, newWords(g.index, c.Surface))
		end := 0.0
		if c.Fragment.End == len(text) {
			end = l.covered
		}
		for _, ids := range g.idsOf(c, m.label) {
			x := m.found.get(ids, sourceInside)
			x.features.raise(inside, l.covered)
			x.features.raise(insideEnd, end)
		}
	}
}

// idsOf are the likeliest ids of a known stretch: those that most annotations give, else those of the terms with the
// closest names.
func (g *gathering) idsOf(c lexicon.Candidate, label string) [][]string {
	if sets := together(lexicon.Name{Entry: c.Entry, Times: c.Entry.Total()}); len(sets) > 0 {
		return [][]string{g.answer(sets[0].ids, label)}
	}
	var all [][]string
	for _, s := range g.searcher.Senses(c) {
		for _, row := range g.table.own[corpora.CanonicalID(s.ID)] {
			ids, _ := g.table.ids(int(row), label)
			if s.Scope != retrieval.ScopeName && s.Scope != corpora.ScopeExact && len(all) > 0 {
				return all
			}
			for _, id := range ids {
				if one := []string{id}; !slices.ContainsFunc(all, func(o []string) bool { return slices.Equal(o, one) }) {
					all = append(all, one)
				}
			}
		}
	}
	return all
}
