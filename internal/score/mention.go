package score

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// mention is an entity reduced to what is compared: its label and normal fragments.
type mention struct {
	label     string
	fragments []corpora.Fragment
	place     string // the fragments as a map key
	entity    corpora.Entity
}

func (m mention) start() int { return m.fragments[0].Start }
func (m mention) end() int   { return m.fragments[len(m.fragments)-1].End }

// key names label and place.
func (m mention) key() string { return m.label + "\x00" + m.place }

// mentions is the set of the entities in es, in the order of corpora.CompareEntities: equal ones stand once,
// and those that cover no text are left out.
func mentions(text string, es []corpora.Entity) []mention {
	out := make([]mention, 0, len(es))
	seen := make(map[string]bool, len(es))
	for _, e := range slices.SortedStableFunc(slices.Values(es), corpora.CompareEntities) {
		fragments := normal(text, e.Fragments)
		if len(fragments) == 0 {
			continue
		}
		m := mention{e.Label, fragments, place(fragments), e}
		if !seen[m.key()] {
			seen[m.key()] = true
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, compareMentions) // normal fragments may order otherwise
	return out
}

func compareMentions(a, b mention) int {
	return corpora.CompareEntities(
		corpora.Entity{Label: a.label, Fragments: a.fragments},
		corpora.Entity{Label: b.label, Fragments: b.fragments},
	)
}

// normal orders fragments, drops empty ones and joins those that touch or have only white space between them:
// brat cuts a continuous mention where a line ends, and the cut says nothing.
func normal(text string, fragments []corpora.Fragment) []corpora.Fragment {
	var out []corpora.Fragment
	for _, f := range slices.SortedFunc(slices.Values(fragments), compareFragments) {
		switch last := len(out) - 1; {
		case f.Start >= f.End:
		case last >= 0 && blank(text, out[last].End, f.Start):
			out[last].End = max(out[last].End, f.End)
		default:
			out = append(out, f)
		}
	}
	return out
}

func compareFragments(a, b corpora.Fragment) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return a.End - b.End
}

// blank reports whether nothing but white space stands in bytes [from, to) of text, or nothing at all.
func blank(text string, from, to int) bool {
	if from >= to {
		return true
	}
	return to <= len(text) && from >= 0 && strings.TrimFunc(text[from:to], corpora.IsSpace) == ""
}

func place(fragments []corpora.Fragment) string {
	var b []byte
	for _, f := range fragments {
		b = binary.AppendVarint(b, int64(f.Start))
		b = binary.AppendVarint(b, int64(f.End))
	}
	return string(b)
}

// shared is the number of bytes that a and b have in common.
func shared(a, b mention) int {
	n := 0
	for i, j := 0, 0; i < len(a.fragments) && j < len(b.fragments); {
		f, g := a.fragments[i], b.fragments[j]
		n += max(0, min(f.End, g.End)-max(f.Start, g.Start))
		if f.End < g.End {
			i++
		} else {
			j++
		}
	}
	return n
}

// covered is the number of bytes of m.
func covered(m mention) int { return shared(m, m) }

// neighbourhood finds the mentions that overlap another without looking at all of them.
type neighbourhood struct {
	list  []mention // ordered by start
	reach []int     // the greatest end among list[:i+1]
}

func newNeighbourhood(list []mention) neighbourhood {
	reach, far := make([]int, len(list)), 0
	for i, m := range list {
		far = max(far, m.end())
		reach[i] = far
	}
	return neighbourhood{list, reach}
}

// of yields the positions of the mentions that have a byte in common with m, in order.
func (n neighbourhood) of(m mention) iter.Seq[int] {
	return func(yield func(int) bool) {
		first := sort.SearchInts(n.reach, m.start()+1)
		for i := first; i < len(n.list) && n.list[i].start() < m.end(); i++ {
			if shared(n.list[i], m) > 0 && !yield(i) {
				return
			}
		}
	}
}

func byLabel(ms []mention) map[string][]mention {
	out := map[string][]mention{}
	for _, m := range ms {
		out[m.label] = append(out[m.label], m)
	}
	return out
}

func union(a, b map[string][]mention) map[string]bool {
	out := map[string]bool{}
	for label := range a {
		out[label] = true
	}
	for label := range b {
		out[label] = true
	}
	return out
}
