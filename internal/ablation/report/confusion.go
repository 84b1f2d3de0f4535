package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/ragner/ragner/internal/score"
)

// mostConfused is how many labels the confusion has by name; further ones stand together.
const mostConfused = 12

const others = "other labels"

// confusionSheet has a line for what gold says and a column for what was predicted.
func confusionSheet(r row) sheet {
	c, order := condensed(r.Evaluation.Confusion)
	s := sheet{
		Title: "Label confusion of row " + fmt.Sprintf("%d %s", r.Number, oneLine(r.Name)),
		Note: "A line is what gold says, a column what was predicted for it. A mention counts as found here when the two overlap. " +
			"The diagonal holds equal labels.",
		Columns: []heading{{"gold ↓, predicted →", true}},
		Upright: len(order) > 6,
	}
	for _, label := range order {
		s.Columns = append(s.Columns, heading{oneLine(label), false})
	}
	s.Columns = append(s.Columns, heading{"missed", false})
	for _, gold := range append(slices.Clone(order), "") {
		cells := []string{cmp.Or(oneLine(gold), "spurious")}
		for _, predicted := range append(slices.Clone(order), "") {
			cells = append(cells, cell(c[gold][predicted]))
		}
		s.Rows = append(s.Rows, sheetRow{Cells: cells})
	}
	return s
}

func cell(n int) string {
	if n == 0 {
		return "·"
	}
	return count(n)
}

// condensed joins rare labels to one and orders the rest by how often gold or predictions have them.
func condensed(c score.Confusion) (out score.Confusion, order []string) {
	total := map[string]int{}
	for gold, line := range c {
		for predicted, n := range line {
			total[gold] += n
			total[predicted] += n
		}
	}
	delete(total, "")
	order = slices.SortedFunc(maps.Keys(total), func(a, b string) int {
		return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b))
	})
	name := func(label string) string { return label }
	if len(order) > mostConfused {
		kept := order[:mostConfused]
		order = append(slices.Clone(kept), others)
		name = func(label string) string {
			if label == "" || slices.Contains(kept, label) {
				return label
			}
			return others
		}
	}
	out = score.Confusion{}
	for gold, line := range c {
		for predicted, n := range line {
			if out[name(gold)] == nil {
				out[name(gold)] = map[string]int{}
			}
			out[name(gold)][name(predicted)] += n
		}
	}
	return out, order
}
