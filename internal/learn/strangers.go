package learn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Corpora that were annotated with different labels can stand in one index. What one marks the other leaves bare, and a
// tagger learns to leave it bare, too. Such are found by their labels: no document has labels of both.

// fewLabelled is the number of documents up to which a label tells nothing of its corpus.
const fewLabelled = 20

// strangers tells of sets of labels that no document joins, "" where there is but one set.
func strangers(documents []corpora.Document) string {
	counts := map[string]int{}
	sets := make([][]string, len(documents))
	for i, d := range documents {
		sets[i] = labelsOf(d)
		for _, label := range sets[i] {
			counts[label]++
		}
	}
	root := map[string]string{}
	for _, set := range sets {
		set = slices.DeleteFunc(set, func(label string) bool { return counts[label] <= fewLabelled })
		for _, label := range set {
			join(root, set[0], label)
		}
	}
	groups := map[string][]string{}
	for _, label := range slices.Sorted(maps.Keys(root)) {
		at := find(root, label)
		groups[at] = append(groups[at], label)
	}
	if len(groups) < 2 {
		return ""
	}
	var named []string
	for _, at := range slices.Sorted(maps.Keys(groups)) {
		named = append(named, strings.Join(groups[at], ", "))
	}
	return fmt.Sprintf("no document has labels of more than one of these sets: %s; the learned tagger learns to leave out what a corpus left unmarked, "+
		"so index corpora with different labels apart", strings.Join(named, " | "))
}

func labelsOf(d corpora.Document) []string {
	set := map[string]bool{}
	for _, e := range d.Entities {
		set[e.Label] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// join makes one set of those that two labels are in; find names the set of a label.
func join(root map[string]string, a, b string) {
	for _, label := range []string{a, b} {
		if _, ok := root[label]; !ok {
			root[label] = label
		}
	}
	x, y := find(root, a), find(root, b)
	root[max(x, y)] = min(x, y)
}

func find(root map[string]string, label string) string {
	for root[label] != label {
		label = root[label]
	}
	return label
}
