package score

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// longestQuote is how many characters of a mention stand in a table.
const longestQuote = 60

// Table writes the findings for people: each kind with its number of errors and its examples, then what was missed
// and invented most. Text is quoted as in Go, so that no control character reaches the terminal.
func (f Findings) Table(w io.Writer, counts ErrorCounts) error {
	return writeParts(w, f.examples(counts), f.most(Missed), f.most(Spurious))
}

func (f Findings) examples(counts ErrorCounts) string {
	if counts == (ErrorCounts{}) {
		return ""
	}
	t := newTable(table.Row{"error", "count", "document", "gold", "predicted"})
	var columns []table.ColumnConfig
	for n := 3; n <= 5; n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignLeft, AlignHeader: text.AlignLeft})
	}
	t.SetColumnConfigs(append(columns, table.ColumnConfig{Number: 2, Align: text.AlignRight, AlignHeader: text.AlignRight}))
	for _, kind := range Kinds() {
		name, count := string(kind), strconv.Itoa(counts.Of(kind))
		for _, e := range f.Examples {
			if e.Kind == kind {
				t.AppendRow(table.Row{name, count, e.Document, e.Gold.brief(), e.Predicted.brief()})
				name, count = "", ""
			}
		}
		if name != "" {
			t.AppendRow(table.Row{name, count, "", "", ""})
		}
	}
	return t.Render()
}

func (q *Quoted) brief() string {
	if q == nil {
		return "–"
	}
	return quote(q.Text) + " " + q.Label
}

func quote(s string) string {
	if r := []rune(s); len(r) > longestQuote {
		s = string(r[:longestQuote-1]) + "…"
	}
	return strconv.Quote(s)
}

// most is one line, empty when nothing has the kind of error twice.
func (f Findings) most(kind Kind) string {
	var parts []string
	for _, x := range f.Frequent {
		if x.Kind == kind {
			parts = append(parts, fmt.Sprintf("%s %s (%d×)", quote(x.Text), x.Label, x.Count))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("%s most: %s", kind, strings.Join(parts, ", "))
}
