package score

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table writes the report for people: a line a criterion, a line a label by the strict one, which label became
// which where there are several, errors and tokens.
func (r Report) Table(w io.Writer) error {
	return writeParts(w, r.criteriaTable(), r.labelTable(), r.Confusion.table(), r.errorLine(), r.Linking.lines())
}

// writeParts writes those that are not empty, one below the other.
func writeParts(w io.Writer, parts ...string) error {
	for _, part := range parts {
		if part == "" {
			continue
		}
		if _, err := fmt.Fprintln(w, part); err != nil {
			return fmt.Errorf("write scores: %w", err)
		}
	}
	return nil
}

// criteriaTable leaves out no criterion, even where all agree.
func (r Report) criteriaTable() string {
	t := newTable(table.Row{"criterion", "tp", "fp", "fn", "precision", "recall", "F1", "95 % interval", "macro F1"})
	for _, c := range AllCriteria() {
		s := r.Criteria.By(c)
		row := append(table.Row{c.String()}, figures(s.Micro.Figures)...)
		t.AppendRow(append(row, share(s.Micro.F1Low)+" to "+share(s.Micro.F1High), share(s.Macro.F1)))
	}
	return t.Render()
}

func (r Report) labelTable() string {
	t := newTable(table.Row{"label (strict)", "tp", "fp", "fn", "precision", "recall", "F1"})
	labels := r.Criteria.Strict.Labels
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		t.AppendRow(append(table.Row{label}, figures(labels[label])...))
	}
	return t.Render()
}

func (r Report) errorLine() string {
	e := r.Errors
	return fmt.Sprintf("errors: %d boundary, %d label, %d both, %d missed, %d spurious\n"+
		"tokens: accuracy %s, macro F1 %s\ndocuments: %d",
		e.Boundary, e.Label, e.Both, e.Missed, e.Spurious,
		share(r.Token.Accuracy), share(r.Token.MacroF1), r.Documents)
}

func newTable(header table.Row) table.Writer {
	t := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = text.FormatDefault // "tp" stays "tp"
	style.Options = table.Options{SeparateHeader: true}
	t.SetStyle(style)
	t.AppendHeader(header)
	var columns []table.ColumnConfig
	for n := 2; n <= len(header); n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}

func figures(f Figures) table.Row {
	return table.Row{number(f.TP), number(f.FP), number(f.FN), share(f.Precision), share(f.Recall), share(f.F1)}
}

// number writes a count, with its half where there is one.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func share(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
