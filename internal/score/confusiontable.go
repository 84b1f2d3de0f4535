package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
)

// A table for people has no more than confusionRows labels. Where it would be wider than confusionWidth
// characters, columns are headed by the numbers of the rows.
const (
	confusionRows  = 12
	confusionWidth = 100
	otherLabels    = "(other labels)"
)

// table shows which label became which, gold labels in rows; it is empty where there is only one label.
func (c Confusion) table() string {
	labels := c.labels()
	if len(labels) < 2 {
		return ""
	}
	pooled, note := len(labels)-confusionRows+1, ""
	if len(labels) > confusionRows {
		labels = append(c.mostConfused(confusionRows-1), otherLabels)
		c = c.renamed(func(label string) string {
			if slices.Contains(labels, label) {
				return label
			}
			return otherLabels
		})
		note = fmt.Sprintf("\n(other labels): %d that are seldom taken for another, or another for them", pooled)
	}
	return c.render(labels) + note
}

func (c Confusion) render(labels []string) string {
	rows, columns := headings(labels)
	header := append(append(table.Row{"gold ↓  predicted →"}, columns...), "(missed)")
	t := newTable(header)
	for i, gold := range labels {
		t.AppendRow(c.row(rows[i], gold, append(slices.Clone(labels), "")))
	}
	t.AppendRow(c.row("(spurious)", "", labels))
	return t.Render()
}

// row leaves the cells of what never happened nearly empty, so that the others are seen.
func (c Confusion) row(name, gold string, predicted []string) table.Row {
	row := table.Row{name}
	for _, label := range predicted {
		cell := "·"
		if n := c[gold][label]; n > 0 {
			cell = strconv.Itoa(n)
		}
		row = append(row, cell)
	}
	return row
}

// headings are the labels, or numbers above the columns where labels are too wide.
func headings(labels []string) (rows []string, columns table.Row) {
	width := 0
	for _, label := range labels {
		columns = append(columns, label)
		width += utf8.RuneCountInString(label) + 2
	}
	if width <= confusionWidth {
		return labels, columns
	}
	rows, columns = make([]string, len(labels)), nil
	for i, label := range labels {
		rows[i] = fmt.Sprintf("%d %s", i+1, label)
		columns = append(columns, strconv.Itoa(i+1))
	}
	return rows, columns
}

// labels are those of gold and of predictions, by name.
func (c Confusion) labels() []string {
	all := map[string]bool{}
	for gold, row := range c {
		all[gold] = true
		for predicted := range row {
			all[predicted] = true
		}
	}
	delete(all, "")
	return slices.Sorted(maps.Keys(all))
}

// mostConfused are the n labels that were most often taken for another, or another for them; the more frequent
// first among equals. They are ordered by name.
func (c Confusion) mostConfused(n int) []string {
	confused, frequent := map[string]int{}, map[string]int{}
	for gold, row := range c {
		for predicted, count := range row {
			frequent[gold] += count
			frequent[predicted] += count
			if gold != predicted && gold != "" && predicted != "" {
				confused[gold] += count
				confused[predicted] += count
			}
		}
	}
	labels := c.labels()
	slices.SortStableFunc(labels, func(a, b string) int {
		return cmp.Or(cmp.Compare(confused[b], confused[a]), cmp.Compare(frequent[b], frequent[a]))
	})
	return slices.Sorted(slices.Values(labels[:n]))
}
