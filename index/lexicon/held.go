package lexicon

import (
	"slices"

	"github.com/ragner/ragner/corpora"
)

// Held is what to leave out of the counts of a match: what the matched sentence itself gave to them, when it stands in
// the index. Key is of all spellings, Variant of the match's own.
type Held struct{ Key, Variant Counts }

// ownCounts are what one sentence gave to the counts, by key and spelling; the spelling "" is for all of them.
type ownCounts map[spelled]Counts

type spelled struct{ key, surface string }

func (o ownCounts) held(m Match) Held {
	return Held{o[spelled{m.Entry.Key, ""}], o[spelled{m.Entry.Key, m.Surface}]}
}

// goldTokens are the annotated stretches as the builder counted them, in tokens instead of words.
func goldTokens(entities []corpora.Entity, tokens []corpora.Token, words []Word) []span {
	var gold []span
	for _, e := range entities {
		if sp, ok := wordSpan(e, tokens, words); ok {
			sp.first, sp.last = words[sp.first].Token, words[sp.last].Token
			gold = append(gold, sp)
		}
	}
	return gold
}

// countOwn counts the matches of one sentence as the builder did: not at all inside a longer mention.
func countOwn(matches []Match, gold []span) ownCounts {
	own := ownCounts{}
	for _, m := range matches {
		inside := func(g span) bool {
			return g.first <= m.First && m.Last <= g.last && g.last-g.first > m.Last-m.First
		}
		if slices.ContainsFunc(gold, inside) {
			continue
		}
		for _, at := range []spelled{{m.Entry.Key, ""}, {m.Entry.Key, m.Surface}} {
			c := own[at]
			c.Seen++
			for _, g := range gold {
				if g.first == m.First && g.last == m.Last {
					c.Labels = addLabel(c.Labels, g.label)
				}
			}
			own[at] = c
		}
	}
	return own
}

func addLabel(labels []LabelCount, label string) []LabelCount {
	for i := range labels {
		if labels[i].Label == label {
			labels[i].Count++
			return labels
		}
	}
	return append(labels, LabelCount{label, 1})
}
