package link

import (
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// joining are the words between the names in a mention of several things.
var joining = map[string]bool{"and": true, "or": true, "and/or": true, "/": true, ",": true}

// split takes apart a mention that names several things at once, "breast and ovarian cancer", where every part is then a
// known name as it stands or in another form; else it is nil.
func (g *gathering) split(m *mention) []*mention {
	text := m.full()
	tokens := corpora.Tokenize(text)
	var list [][]string
	part := []string{}
	for _, t := range tokens {
		word := text[t.Start:t.End]
		if joining[strings.ToLower(word)] {
			if len(part) > 0 {
				list, part = append(list, part), nil
			}
			continue
		}
		part = append(part, word)
	}
	if list = append(list, part); len(list) < 2 || len(part) == 0 || len(list) > mostParts {
		return nil
	}
	for _, names := range completions(list) {
		if parts := g.all(names, m.label); parts != nil {
			return parts
		}
	}
	return nil
}

// mostParts bounds the things that one mention is taken to name.
const mostParts = 6

// completions are the ways to read a coordination: each part as it stands, each but the last with the last one's end
// ("breast and ovarian cancer"), each but the first with the first one's beginning ("tumors of the breast and ovary").
func completions(parts [][]string) [][]string {
	join := func(words ...[]string) string { return strings.Join(slices.Concat(words...), " ") }
	first, last := parts[0], parts[len(parts)-1]
	var all [][]string
	asIs := make([]string, len(parts))
	for i, p := range parts {
		asIs[i] = join(p)
	}
	for k := 1; k < len(last); k++ {
		names := slices.Clone(asIs)
		for i, p := range parts[:len(parts)-1] {
			names[i] = join(p, last[len(last)-k:])
		}
		all = append(all, names)
	}
	for k := 1; k < len(first); k++ {
		names := slices.Clone(asIs)
		for i, p := range parts[1:] {
			names[i+1] = join(first[:k], p)
		}
		all = append(all, names)
	}
	return append(all, asIs)
}

// all resolves names that must all be known.
func (g *gathering) all(names []string, label string) []*mention {
	parts := make([]*mention, len(names))
	for i, name := range names {
		p := &mention{surface: name, label: label, found: g.newCandidates(label)}
		if !g.byNames(p, name, slots{annotated, named, related, sourcePart, sourcePart, 1}) || len(p.found.list) == 0 {
			return nil
		}
		p.words = newWords(g.index, name)
		parts[i] = p
	}
	return parts
}
