package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/conflict"
)

// conflictsJSON is what inspect --conflicts --json prints.
type conflictsJSON struct {
	conflict.Report
	Kinds []kindJSON `json:"kinds"`
}

// kindJSON tells how many conflicts of a kind there are, those beyond the limit too.
type kindJSON struct {
	Kind  conflict.Kind `json:"kind"`
	About string        `json:"about"`
	Total int           `json:"total"`
	Shown int           `json:"shown"`
}

// conflicts prints the contradictory annotations of an index, at most limit of each kind. They quote the annotated text.
func conflicts(w io.Writer, x *index.Index, limit int, asJSON bool) error {
	report := conflict.Find(x)
	if err := x.Err(); err != nil {
		return err
	}
	shown, totals := report.Limit(limit)
	report.Conflicts = shown
	out := conflictsJSON{Report: report}
	for _, k := range conflict.Kinds {
		of := 0
		for _, c := range shown {
			if c.Kind == k.Kind {
				of++
			}
		}
		out.Kinds = append(out.Kinds, kindJSON{k.Kind, k.About, totals[k.Kind], of})
	}
	if asJSON {
		return writeJSON(w, out)
	}
	printConflicts(w, out)
	return nil
}

func printConflicts(w io.Writer, c conflictsJSON) {
	fmt.Fprintf(w, "%s in %s of %s\n", plural(c.Mentions, "mention"), plural(c.Sentences, "sentence"), plural(c.Documents, "document"))
	for _, k := range c.Kinds {
		fmt.Fprintf(w, "\n%s: %s, %d", k.Kind, k.About, k.Total)
		if k.Shown < k.Total {
			fmt.Fprintf(w, ", the %d most surprising", k.Shown)
		}
		fmt.Fprintln(w)
		if k.Shown == 0 {
			continue
		}
		t := newTable("bits", "text", "usually", "n", "here", "n", "where: document#sentence")
		t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, Align: text.AlignRight}, {Number: 6, Align: text.AlignRight}})
		for _, x := range c.Conflicts {
			if x.Kind == k.Kind {
				t.AppendRow(conflictRow(x))
			}
		}
		fmt.Fprintln(w, t.Render())
	}
}

// How much of a conflict is printed: columns in characters, and places.
const (
	textWidth    = 28
	readingWidth = 24
	placeWidth   = 92
	placesShown  = 3
)

func conflictRow(c conflict.Conflict) table.Row {
	usual, odd := text.WrapSoft(c.Usual.As, readingWidth), text.WrapSoft(c.Odd.As, readingWidth)
	return table.Row{fmt.Sprintf("%.1f", c.Surprise), text.WrapSoft(c.Text, textWidth), usual, c.Usual.Count, odd, c.Odd.Count, placesText(c)}
}

// placesText is a line for each of the first few places; of a sentence, which is shown itself, no context.
func placesText(c conflict.Conflict) string {
	lines := []string{}
	for _, p := range c.Odd.Places[:min(placesShown, len(c.Odd.Places))] {
		line := fmt.Sprintf("%s#%d", p.Document, p.Sentence)
		if c.Kind != conflict.Sentence {
			line += " " + strings.Join(strings.Fields(p.Context), " ")
		}
		lines = append(lines, text.WrapSoft(line, placeWidth))
	}
	if more := len(c.Odd.Places) - placesShown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}
