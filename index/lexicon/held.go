package lexicon

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// HeldOut is what some indexed sentences taught the lexicon, to be taken out of its counts, so that for these
// sentences it says what it would say of unseen ones. nil holds nothing out.
type HeldOut struct {
	counts   ownCounts
	borders  Borders
	concepts map[keyed]int
	total    map[string]int // by key that no term has: how often it stands annotated in the index
	words    map[string]int // in how many of the sentences a word stands

	once sync.Once
	gone map[string]int // of total's keys that stand annotated in these sentences only: how many have a word
}

// keyed is a concept id at a key.
type keyed struct{ key, id string }

// HoldOut is what the sentences taught.
func (l *Lexicon) HoldOut(sentences ...corpora.Annotated) *HeldOut {
	h := l.holdCounts(sentences...)
	h.borders = Borders{}
	for _, a := range sentences {
		if len(a.Entities) > 0 {
			h.borders.learn(a, l.unseen(a))
		}
		for word := range wordsOf(a.Text) {
			h.words[word]++
		}
	}
	return h
}

// wordsOf are the tokens of a text, NFKC and case folded, as an index has them.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, t := range corpora.Tokenize(text) {
		words[foldCase(text[t.Start:t.End])] = true
	}
	return words
}

// Sentences is in how many of the held sentences a word stands, NFKC and case folded.
func (h *HeldOut) Sentences(word string) int {
	if h == nil {
		return 0
	}
	return h.words[word]
}

// wordsGone are the words of keys that only the held sentences have, with the number of such keys.
func (h *HeldOut) wordsGone() map[string]int {
	if h == nil {
		return nil
	}
	h.once.Do(func() {
		h.gone = map[string]int{}
		for key, n := range h.total {
			if own := h.counts[spelled{key, ""}]; own.Total() < n {
				continue
			}
			for _, word := range longWords(strings.Split(key, " ")) {
				h.gone[word]++
			}
		}
	})
	return h.gone
}

// seen is how often an entry's key has occurred elsewhere.
func (h *HeldOut) seen(e Entry) int { return e.Seen - h.spelledSeen(e.Key, "") }

// spelledSeen is how often a spelling of a key, "" for all, occurred in the held sentences.
func (h *HeldOut) spelledSeen(key, surface string) int {
	if h == nil {
		return 0
	}
	return h.counts[spelled{key, surface}].Seen
}

// holdCounts is HoldOut without borders, which are learned with it.
func (l *Lexicon) holdCounts(sentences ...corpora.Annotated) *HeldOut {
	h := &HeldOut{counts: ownCounts{}, concepts: map[keyed]int{}, total: map[string]int{}, words: map[string]int{}}
	for _, a := range sentences {
		p := parse(a.Text)
		matches, gold := l.matches(p), goldTokens(a.Entities, p.tokens, Words(a.Text, p.tokens))
		p.release()
		h.counts.count(matches, gold)
		h.countConcepts(matches, gold)
		for _, m := range matches {
			if n := m.Entry.Total(); n > 0 && len(m.Entry.Terms) == 0 {
				h.total[m.Entry.Key] = n
			}
		}
	}
	return h
}

func (h *HeldOut) countConcepts(matches []Match, gold []span) {
	for _, m := range matches {
		for _, g := range gold {
			if g.first != m.First || g.last != m.Last {
				continue
			}
			for _, id := range g.concepts {
				h.concepts[keyed{m.Entry.Key, id}]++
			}
		}
	}
}

// entry is an entry without the concepts that held sentences gave it.
func (h *HeldOut) entry(e Entry) Entry {
	if h == nil || len(h.concepts) == 0 {
		return e
	}
	concepts := make([]ConceptCount, 0, len(e.Concepts))
	for _, c := range e.Concepts {
		if c.Count -= h.concepts[keyed{e.Key, c.ID}]; c.Count > 0 {
			concepts = append(concepts, c)
		}
	}
	sortConcepts(concepts)
	e.Concepts = concepts
	return e
}

// And holds out what either holds. They must be of different sentences.
func (h *HeldOut) And(other *HeldOut) *HeldOut {
	if h == nil || other == nil {
		return cmp.Or(h, other) // either is nil
	}
	both := &HeldOut{
		counts: maps.Clone(h.counts), borders: maps.Clone(h.borders), concepts: maps.Clone(h.concepts),
		total: maps.Clone(h.total), words: maps.Clone(h.words),
	}
	maps.Copy(both.total, other.total)
	for word, n := range other.words {
		both.words[word] += n
	}
	for at, n := range other.concepts {
		both.concepts[at] += n
	}
	for at, c := range other.counts {
		sum := Counts{Seen: both.counts[at].Seen + c.Seen, Labels: slices.Clone(both.counts[at].Labels)}
		for _, l := range c.Labels {
			sum.Labels = addLabels(sum.Labels, l)
		}
		both.counts[at] = sum
	}
	for key, t := range other.borders {
		both.borders.add(key, t)
	}
	return both
}

func (h *HeldOut) of(m Match) Held {
	if h == nil {
		return Held{}
	}
	return h.counts.held(m)
}

// Annotated is how often a surface, in whatever spelling, stands annotated in the indexed sentences without those held
// out; the label does not matter.
func (l *Lexicon) Annotated(surface string, held *HeldOut) int {
	entry, ok := l.Lookup(surface)
	if !ok {
		return 0
	}
	n := entry.Total()
	if held != nil {
		own := held.counts[spelled{entry.Key, ""}]
		n -= own.Total()
	}
	return n
}

func (h *HeldOut) bordersHeld() Borders {
	if h == nil {
		return nil
	}
	return h.borders
}

// Held is what to leave out of the counts of a match. Key is of all spellings, Variant of the match's own.
type Held struct{ Key, Variant Counts }

// ownCounts are what held sentences gave to the counts, by key and spelling; the spelling "" is for all of them.
type ownCounts map[spelled]Counts

type spelled struct{ key, surface string }

func (o ownCounts) held(m Match) Held {
	return Held{o[spelled{m.Entry.Key, ""}], o[spelled{m.Entry.Key, m.Surface}]}
}

// goldTokens are the annotated stretches as the builder counted them, in tokens instead of words.
func goldTokens(entities []corpora.Entity, tokens []corpora.Token, words []Word) []span {
	gold := spansOf(entities, tokens, words)
	for i, s := range gold {
		gold[i].first, gold[i].last = words[s.first].Token, words[s.last].Token
	}
	return gold
}

// count adds the matches of one sentence as the builder did: not at all inside a longer mention.
func (o ownCounts) count(matches []Match, gold []span) {
	for _, m := range matches {
		same, inside := annotatedAt(gold, m.First, m.Last)
		if inside {
			continue
		}
		for _, at := range []spelled{{m.Entry.Key, ""}, {m.Entry.Key, m.Surface}} {
			c := o[at]
			c.Seen++
			for _, g := range same {
				c.Labels = addLabels(c.Labels, LabelCount{g.label, 1})
			}
			o[at] = c
		}
	}
}

func addLabels(labels []LabelCount, more LabelCount) []LabelCount {
	for i := range labels {
		if labels[i].Label == more.Label {
			labels[i].Count += more.Count
			return labels
		}
	}
	return append(labels, more)
}
