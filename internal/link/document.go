package link

import (
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// apposed notes which mentions stand in brackets behind others and are not known to be short for them, as a short form whose
// letters are not those of the long one: "cytosine arabinoside (AraC)". mentions are those of the document's entities.
func apposed(doc corpora.Document, mentions []*mention) {
	at := map[int][]int{} // entities by start
	for i, e := range doc.Entities {
		at[e.Start()] = append(at[e.Start()], i)
	}
	for i, e := range doc.Entities {
		rest := doc.Text[e.End():]
		gap := len(rest) - len(strings.TrimLeft(rest, " "))
		if len(rest) <= gap || rest[gap] != '(' {
			continue
		}
		for _, j := range at[e.End()+gap+1] {
			end := doc.Entities[j].End()
			closed := end < len(doc.Text) && strings.IndexByte("),;", doc.Text[end]) >= 0
			if closed && e.Label == doc.Entities[j].Label && mentions[i] != mentions[j] && mentions[j].long == "" {
				mentions[i].besides(mentions[j])
				mentions[j].besides(mentions[i])
			}
		}
	}
}

func (m *mention) besides(other *mention) {
	if !slices.Contains(m.beside, other) {
		m.beside = append(m.beside, other)
	}
}

// leastBeside is the chance from which the concept of a mention in brackets is one of the mention before it.
const leastBeside = 0.3

// sure is the chance from which a mention's concept is one that the document's other mentions may name, too.
const sure = 0.5

// look tells each mention what the others of its document are taken to name.
func look(mentions []*mention) {
	type told struct {
		*mention
		key    string
		ids    []string
		chance float64
	}
	var list []told
	for _, m := range mentions {
		if len(m.found.list) == 0 {
			continue
		}
		best := m.found.list[0]
		m.first = *best
		if best.chance >= sure {
			list = append(list, told{m, lexicon.Key(m.surface), best.ids, best.chance})
		}
	}
	for _, m := range mentions {
		for _, t := range m.beside {
			if len(t.found.list) > 0 && t.parts == nil && t.first.chance >= leastBeside {
				m.found.get(t.first.ids, sourceBeside).features.raise(beside, t.first.chance)
			}
		}
		key := lexicon.Key(m.surface)
		unsure := m.first.chance < sure
		for _, t := range list {
			if t.mention == m || t.key == key || t.label != m.label {
				continue
			}
			l := compare(m.words, t.words)
			within, contains := l.covered >= 1-1e-9, l.used >= 1-1e-9
			c := m.found.find(t.ids)
			if c == nil && (!within || !unsure) {
				continue
			}
			if c == nil {
				c = m.found.get(t.ids, sourceDocument)
			}
			c.features.raise(around, t.chance)
			if within {
				c.features.raise(aroundWords, t.chance)
			}
			if contains {
				c.features.raise(aroundInside, t.chance)
			}
		}
	}
}
