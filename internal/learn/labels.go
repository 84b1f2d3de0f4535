package learn

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// A chain has one tag a token, so labels that overlap cannot share one. They are dealt to groups, a model each, by greedy
// colouring of the graph of what overlaps: the most frequent label first, each to the first group in which it overlaps
// nothing, or next to nothing.

// overlapShare is the share of a label's mentions that may overlap others of its group, which are then lost: a single
// slip of an annotator is no reason for another model.
const overlapShare = 0.01

// overlaps counts mentions by label, and pairs of overlapping mentions by both labels.
type overlaps struct {
	mentions map[string]int
	pairs    map[[2]string]int
}

func countOverlaps(sentences []corpora.Annotated) overlaps {
	o := overlaps{mentions: map[string]int{}, pairs: map[[2]string]int{}}
	for _, s := range sentences {
		for i, e := range s.Entities {
			o.mentions[e.Label]++
			for _, f := range s.Entities[:i] {
				if f.Label != e.Label && f.Start() < e.End() && e.Start() < f.End() {
					o.pairs[[2]string{e.Label, f.Label}]++
					o.pairs[[2]string{f.Label, e.Label}]++
				}
			}
		}
	}
	return o
}

// groups deals the labels, each group's in falling frequency.
func (o overlaps) groups() [][]string {
	var labels []string
	for label := range o.mentions {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int {
		return cmp.Or(cmp.Compare(o.mentions[b], o.mentions[a]), strings.Compare(a, b))
	})
	var groups [][]string
next:
	for _, label := range labels {
		for i, group := range groups {
			if o.fits(label, group) {
				groups[i] = append(group, label)
				continue next
			}
		}
		groups = append(groups, []string{label})
	}
	return groups
}

func (o overlaps) fits(label string, group []string) bool {
	n := 0
	for _, other := range group {
		n += o.pairs[[2]string{label, other}]
	}
	return float64(n) <= overlapShare*float64(o.mentions[label])
}
