package link

import "github.com/ragner/ragner/index/lexicon"

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
		if len(m.found.list) > 0 && m.found.list[0].chance >= sure {
			best := m.found.list[0]
			list = append(list, told{m, lexicon.Key(m.surface), best.ids, best.chance})
		}
	}
	for _, m := range mentions {
		key := lexicon.Key(m.surface)
		unsure := len(m.found.list) == 0 || m.found.list[0].chance < sure
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
