package html

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// colours and styles are how many of each page.css has; a label's text stands beside every mark, so that
// neither carries meaning alone.
const (
	colours = 7
	styles  = 3
)

// labels numbers labels as they appear.
type labels struct {
	index map[string]int
	names []string
	count []int
}

// add counts one entity and gives its label's number.
func (l *labels) add(label string) int {
	n, known := l.index[label]
	if !known {
		n = len(l.names)
		l.index[label] = n
		l.names = append(l.names, label)
		l.count = append(l.count, 0)
	}
	l.count[n]++
	return n
}

// classes are a label's classes in page.css: its number for the filter, its colour and its line.
func classes(n int) string { return fmt.Sprintf("k%d c%d s%d", n, n%colours, n/colours%styles) }

// article is one document of the page.
type article struct {
	Number   int
	ID       string
	Err      *corpora.Failure
	Segments []segment
	Items    []item
	Meta     []fact
}

// fact is a name with a value.
type fact struct{ Name, Value string }

// item is one entity of the page.
type item struct {
	Anchor  string // unique on the page
	Number  int    // in its document, from 1
	Label   string
	Classes string
	Surface string
	Facts   []fact
	entity  corpora.Entity
}

// Split reports a discontinuous entity.
func (it item) Split() bool { return len(it.entity.Fragments) > 1 }

// Doubtful reports a prediction that does not stand in the text letter for letter.
func (it item) Doubtful() bool {
	return it.entity.Status == corpora.StatusNormalized || it.entity.Status == corpora.StatusFuzzy
}

func newArticle(number int, doc corpora.Document, known *labels) article {
	a := article{Number: number, ID: doc.ID, Err: doc.Err}
	for _, key := range slices.Sorted(maps.Keys(doc.Meta)) {
		a.Meta = append(a.Meta, fact{key, doc.Meta[key]})
	}
	entities := slices.SortedStableFunc(slices.Values(doc.Entities), corpora.CompareEntities)
	mapper := corpora.NewMapper(doc.Text)
	for i, e := range entities {
		a.Items = append(a.Items, item{
			Anchor:  fmt.Sprintf("d%de%d", number, i+1),
			Number:  i + 1,
			Label:   e.Label,
			Classes: classes(known.add(e.Label)),
			Surface: e.Surface(doc.Text),
			Facts:   facts(e, mapper),
			entity:  e,
		})
	}
	a.Segments = segments(doc.Text, a.Items, layers(entities))
	return a
}

// statuses say in words how an entity came to its offsets.
var statuses = map[corpora.Status]string{
	"":                       "annotated",
	corpora.StatusGold:       "annotated",
	corpora.StatusExact:      "predicted; stands in the text letter for letter",
	corpora.StatusNormalized: "predicted; equal to the text but for case, white space or Unicode form",
	corpora.StatusFuzzy:      "predicted; equal to the text but for small edits",
}

// facts are what is known of an entity, in the order in which the page shows it.
func facts(e corpora.Entity, mapper *corpora.Mapper) []fact {
	places := make([]string, len(e.Fragments))
	for i, f := range e.Fragments {
		places[i] = fmt.Sprintf("%d–%d", mapper.CodePoints(f.Start), mapper.CodePoints(f.End))
	}
	status := statuses[e.Status]
	if status == "" || (e.Status == "" && e.Score > 0) {
		status = cmp.Or(string(e.Status), "predicted")
	}
	list := []fact{{"Characters", strings.Join(places, " and ")}, {"Status", status}}
	if e.Score > 0 {
		list = append(list, fact{"Score", strconv.FormatFloat(e.Score, 'f', 2, 64)})
	}
	for _, f := range []fact{
		{"Concepts", strings.Join(e.Concepts, ", ")},
		{"May name", linked(e.Links)},
		{"Terms shown", strings.Join(e.From.Terms, ", ")},
		{"Demonstrations", strings.Join(e.From.Demonstrations, ", ")},
		{"Score by", stepped(e.From.Steps)},
	} {
		if f.Value != "" {
			list = append(list, f)
		}
	}
	return list
}

// stepped are the scores on the way to the last one, with who had a say.
func stepped(steps []corpora.Step) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		parts[i] = fmt.Sprintf("%s %.2f", s.By, s.Score)
	}
	return strings.Join(parts, " → ")
}

// linked are the concepts that an entity may name, with their chances.
func linked(links []corpora.Link) string {
	parts := make([]string, len(links))
	for i, l := range links {
		parts[i] = fmt.Sprintf("%s %.2f (%s)", strings.TrimSpace(l.ID+" "+l.Name), l.Score, l.Source)
	}
	return strings.Join(parts, "; ")
}

// legend is the end of the page.
type legend struct {
	totals
	Labels []legendLabel
	Script any
}

type legendLabel struct {
	Number  int
	Name    string
	Classes string
	Count   int
}

// newLegend lists the labels, the most frequent first.
func newLegend(t totals, known *labels) legend {
	l := legend{totals: t, Script: script}
	for n, name := range known.names {
		l.Labels = append(l.Labels, legendLabel{n, name, classes(n), known.count[n]})
	}
	slices.SortFunc(l.Labels, func(a, b legendLabel) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return l
}
