package conflict

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// edge is a word at the left or right border of mentions with a label.
type edge struct {
	word  int32
	right bool
	label string
}

// sides are the places where an edge's word belongs to the mention, and those where it stands beside it. A spot is the
// mention's.
type sides struct{ inside, outside []spot }

// fewEdges is the number of places below which a border word tells nothing: its other places have other heads.
const fewEdges = 5

// edgeConflicts compares mentions by the words at their borders: what a mention with this label mostly begins or ends
// with and what mostly stands beside it.
func (c *corpus) edgeConflicts() []Conflict {
	all := map[edge]*sides{}
	for i := range c.sentences {
		c.sentences[i].edges(i, all)
	}
	keys := slices.SortedFunc(maps.Keys(all), compareEdges)
	var list []Conflict
	for _, e := range keys {
		if found, ok := c.edgeConflict(e, all[e]); ok {
			list = append(list, found)
		}
	}
	return list
}

func compareEdges(a, b edge) int {
	if a.right != b.right {
		return map[bool]int{true: 1, false: -1}[a.right]
	}
	return cmp.Or(cmp.Compare(a.word, b.word), strings.Compare(a.label, b.label))
}

// edges notes the border words of a sentence's mentions.
func (s *sentence) edges(number int, all map[edge]*sides) {
	for _, m := range s.mentions {
		if !m.whole {
			continue
		}
		at := spot{number, m.first, m.last}
		for _, right := range []bool{false, true} {
			own, beside := m.first, m.first-1
			if right {
				own, beside = m.last, m.last+1
			}
			if m.first < m.last && s.isWord(own) && s.mentionsOf(own) == 1 {
				list := sidesOf(all, edge{s.words[own], right, m.label})
				list.inside = append(list.inside, at)
			}
			if s.isWord(beside) && s.mentionsOf(beside) == 0 {
				list := sidesOf(all, edge{s.words[beside], right, m.label})
				list.outside = append(list.outside, at)
			}
		}
	}
}

func sidesOf(all map[edge]*sides, e edge) *sides {
	if all[e] == nil {
		all[e] = &sides{}
	}
	return all[e]
}

// isWord tells that there is a word i and that it begins with a letter.
func (s *sentence) isWord(i int) bool {
	if i < 0 || i >= len(s.tokens) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s.Text[s.tokens[i].Start:])
	return unicode.IsLetter(r)
}

// mentionsOf is how many mentions have a word.
func (s *sentence) mentionsOf(i int) (n int) {
	for _, m := range s.mentions {
		if m.first <= i && i <= m.last {
			n++
		}
	}
	return n
}

// mostOdd is the share of odd places up to which a border word has a usual side at all.
const mostOdd = 0.2

// edgeConflict is the conflict of an edge, if it has both sides and mostly one.
func (c *corpus) edgeConflict(e edge, s *sides) (Conflict, bool) {
	usual, odd := s.inside, s.outside
	usualAs, oddAs := "inside "+e.label, "outside "+e.label
	if len(odd) > len(usual) {
		usual, odd, usualAs, oddAs = odd, usual, oddAs, usualAs
	}
	n := len(usual) + len(odd)
	if len(odd) == 0 || n < fewEdges || float64(len(odd)) > mostOdd*float64(n) {
		return Conflict{}, false
	}
	return Conflict{
		Kind: Edge, Text: c.edgeText(e, s), Surprise: surprise(len(odd), n),
		Usual: c.reading(usualAs, usual, usualShown), Odd: c.reading(oddAs, odd, len(odd)),
	}, true
}

// edgeText is the word as it is written where it first stands inside, with dots for the mention that it begins or ends.
func (c *corpus) edgeText(e edge, s *sides) string {
	p := s.inside[0]
	at := &c.sentences[p.sentence]
	if e.right {
		f := at.extent(p.last, p.last)
		return "… " + at.Text[f.Start:f.End]
	}
	f := at.extent(p.first, p.first)
	return at.Text[f.Start:f.End] + " …"
}
