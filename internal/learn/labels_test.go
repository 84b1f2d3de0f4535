package learn

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func mention(label string, start, end int) corpora.Entity {
	return corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: end}}}
}

// TestStrangers: sets of labels that no document joins are told, rare labels and those that a third one joins are not.
func TestStrangers(t *testing.T) {
	many := func(n int, labels ...string) (docs []corpora.Document) {
		for range n {
			var d corpora.Document
			for i, label := range labels {
				d.Entities = append(d.Entities, mention(label, i, i+1))
			}
			docs = append(docs, d)
		}
		return docs
	}
	for _, c := range []struct {
		docs []corpora.Document
		want string
	}{
		{append(many(30, "Disease"), many(30, "Gene", "Cell")...), "sets: Cell, Gene | Disease;"},
		{append(many(30, "Disease"), many(20, "Gene")...), ""},
		{append(append(many(30, "Disease"), many(30, "Gene")...), many(1, "Gene", "Disease")...), ""},
		{many(30, "Disease"), ""},
		{nil, ""},
	} {
		if got := strangers(c.docs); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestGroups: labels that overlap come apart, all others stay together, and one slip in a hundred does not count.
func TestGroups(t *testing.T) {
	sentence := func(entities ...corpora.Entity) corpora.Annotated { return corpora.Annotated{Entities: entities} }
	many := func(n int, s corpora.Annotated) (list []corpora.Annotated) {
		for range n {
			list = append(list, s)
		}
		return list
	}
	nested := sentence(mention("Disease", 0, 20), mention("Organ", 0, 5))
	for _, c := range []struct {
		name      string
		sentences []corpora.Annotated
		want      [][]string
	}{
		{"apart", []corpora.Annotated{sentence(mention("B", 0, 5), mention("A", 5, 9))}, [][]string{{"A", "B"}}},
		{"nested", many(3, nested), [][]string{{"Disease"}, {"Organ"}}},
		{"same span", many(3, sentence(mention("A", 0, 5), mention("B", 0, 5), mention("C", 9, 12))), [][]string{{"A", "C"}, {"B"}}},
		{"crossing", many(3, sentence(mention("A", 0, 5), mention("B", 3, 8))), [][]string{{"A"}, {"B"}}},
		{"a slip", append(many(150, sentence(mention("Disease", 0, 5), mention("Organ", 7, 9))), nested), [][]string{{"Disease", "Organ"}}},
		{"a label in itself", many(3, sentence(mention("A", 0, 9), mention("A", 0, 3))), [][]string{{"A"}}},
		{"none", many(3, sentence()), nil},
	} {
		if got := countOverlaps(c.sentences).groups(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
