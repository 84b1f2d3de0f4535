package conflict

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// unannotated is the reading of a surface that no mention touches.
const unannotated = "not annotated"

// within is the reading of a surface of which a part is annotated, or that a mention reaches into: by the mentions' labels.
const within = "other borders: "

// group is one surface: words, and which of them are written with capitals, as "ALL" is not "all".
type group struct {
	node int32
	caps string
}

// occurrence is one place of a surface.
type occurrence struct {
	spot
	reading string
}

// surfaceConflicts compares all places at which the words of a mention stand.
func (c *corpus) surfaceConflicts() []Conflict {
	groups := c.occurrences(c.trie())
	var list []Conflict
	for _, g := range sortedGroups(groups) {
		list = append(list, c.compareReadings(groups[g])...)
	}
	return list
}

func sortedGroups(groups map[group][]occurrence) []group {
	return slices.SortedFunc(maps.Keys(groups), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.node, b.node), strings.Compare(a.caps, b.caps))
	})
}

// trie holds the words of all whole mentions.
func (c *corpus) trie() *trie {
	t := newTrie()
	for i := range c.sentences {
		s := &c.sentences[i]
		for _, m := range s.mentions {
			if m.whole {
				t.add(s.words[m.first : m.last+1])
			}
		}
	}
	return t
}

// occurrences lists the places of each surface, in the order of the sentences.
func (c *corpus) occurrences(t *trie) map[group][]occurrence {
	groups := map[group][]occurrence{}
	loose := map[group][]occurrence{}
	for i := range c.sentences {
		s := &c.sentences[i]
		for first := range s.words {
			starts := s.beginsAt(first)
			t.each(s.words[first:], func(n int, node int32) {
				last := first + n - 1
				reading, ok := s.reading(first, last)
				if !ok {
					return
				}
				g, into := group{node, s.capitals(first, last)}, groups
				if starts && strings.HasPrefix(g.caps, "X ") { // the capital may be there because the sentence begins
					into = loose
				}
				into[g] = append(into[g], occurrence{spot{i, first, last}, reading})
			})
		}
	}
	settle(groups, loose)
	return groups
}

// settle gives places at a sentence's beginning to the spelling with or without capital, whichever there is more of
// elsewhere.
func settle(groups, loose map[group][]occurrence) {
	for _, from := range sortedGroups(loose) {
		to, small := from, group{from.node, "x" + from.caps[1:]}
		if len(groups[small]) >= len(groups[from]) {
			to = small
		}
		groups[to] = append(groups[to], loose[from]...)
		slices.SortFunc(groups[to], func(a, b occurrence) int {
			return cmp.Or(cmp.Compare(a.sentence, b.sentence), cmp.Compare(a.first, b.first))
		})
	}
}

// reading is how a stretch of words is annotated; ok is false where that says nothing: inside a longer mention, or
// touched by one that has no clear borders.
func (s *sentence) reading(first, last int) (as string, ok bool) {
	var exact, touching []string
	covered, unclear := false, false
	for _, m := range s.mentions {
		switch {
		case m.last < first || m.first > last:
		case m.whole && m.first == first && m.last == last:
			exact = append(exact, m.label)
		default:
			covered = covered || m.first <= first && last <= m.last
			unclear = unclear || !m.whole
			touching = append(touching, m.label)
		}
	}
	switch {
	case len(exact) > 0:
		return joined(exact), true
	case covered || unclear:
		return "", false
	case len(touching) > 0:
		return within + joined(touching), true
	}
	return unannotated, true
}

func joined(labels []string) string {
	slices.Sort(labels)
	return strings.Join(slices.Compact(labels), " + ")
}

// compareReadings makes a conflict of each reading but the most frequent.
func (c *corpus) compareReadings(all []occurrence) []Conflict {
	all = c.comparable(all)
	spots := byReading(all)
	if len(spots) < 2 {
		return nil
	}
	all = c.withoutOwn(all, ranked(spots)[0])
	spots = byReading(all)
	readings := ranked(spots)
	usual := readings[0]
	s := &c.sentences[spots[usual][0].sentence]
	f := s.extent(spots[usual][0].first, spots[usual][0].last)
	var list []Conflict
	for _, odd := range readings[1:] {
		kind, ok := kindOf(usual, odd)
		if !ok {
			continue
		}
		list = append(list, Conflict{
			Kind: kind, Text: s.Text[f.Start:f.End], Surprise: surprise(len(spots[odd]), len(all)),
			Usual: c.reading(usual, spots[usual], usualShown), Odd: c.reading(odd, spots[odd], len(spots[odd])),
		})
	}
	return list
}

func byReading(all []occurrence) map[string][]spot {
	spots := map[string][]spot{}
	for _, o := range all {
		spots[o.reading] = append(spots[o.reading], o.spot)
	}
	return spots
}

// ranked lists readings, the most frequent first.
func ranked(spots map[string][]spot) []string {
	return slices.SortedFunc(maps.Keys(spots), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(spots[b]), len(spots[a])), cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
}

// withoutOwn leaves out short forms that a document defines and always reads in the same unusual way: they stand for
// something else there.
func (c *corpus) withoutOwn(all []occurrence, usual string) []occurrence {
	mixed := map[int]bool{} // documents with the usual reading, too
	for _, o := range all {
		if o.reading == usual {
			mixed[c.sentences[o.sentence].document] = true
		}
	}
	return slices.DeleteFunc(all, func(o occurrence) bool {
		s := &c.sentences[o.sentence]
		f := s.extent(o.first, o.last)
		_, defined := s.short[s.Text[f.Start:f.End]]
		return defined && !mixed[s.document]
	})
}

// comparable leaves out what a source left bare that has none of the surface's labels: corpora that were annotated with
// different labels do not contradict each other.
func (c *corpus) comparable(all []occurrence) []occurrence {
	labels := map[string]bool{}
	for _, o := range all {
		if rank(o.reading) == 0 {
			for label := range strings.SplitSeq(o.reading, " + ") {
				labels[label] = true
			}
		}
	}
	return slices.DeleteFunc(all, func(o occurrence) bool {
		if rank(o.reading) == 0 {
			return false
		}
		for label := range labels {
			if c.labels[c.sentences[o.sentence].source][label] {
				return false
			}
		}
		return true
	})
}

// rank is 0 for labels, 1 for other borders, 2 for none.
func rank(reading string) int {
	switch {
	case reading == unannotated:
		return 2
	case strings.HasPrefix(reading, within):
		return 1
	}
	return 0
}

// kindOf names a conflict by its readings. Two that both do not annotate the surface itself are none.
func kindOf(usual, odd string) (Kind, bool) {
	u, o := rank(usual), rank(odd)
	switch {
	case u > 0 && o > 0:
		return "", false
	case u == 1 || o == 1:
		return Border, true
	case u == 2:
		return Marked, true
	case o == 2:
		return Unmarked, true
	case strings.Contains(usual, " + ") || strings.Contains(odd, " + "):
		return Labels, true
	}
	return Label, true
}
