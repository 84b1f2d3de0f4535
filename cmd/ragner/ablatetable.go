package main

import (
	"context"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ragner/ragner/internal/ablation"
)

// sayRows tells in a line each what rows came to, from the one at.
func sayRows(s streams, r ablation.Results, at *int) {
	for ; *at < len(r.Rows) && r.Rows[*at].State != ablation.Pending; *at++ {
		row := r.Rows[*at]
		switch {
		case row.State == ablation.Failed:
		case row.Evaluation != nil:
			f := row.Evaluation.Criteria.Strict.Micro
			fmt.Fprintf(s.err, "ragner: row %d of %d, %s: strict F1 %.3f (%.3f to %.3f)\n", *at+1, len(r.Rows), row.Name, f.F1, f.F1Low, f.F1High)
		case row.Evidence != nil:
			fmt.Fprintf(s.err, "ragner: row %d of %d, %s: token vote %.3f\n", *at+1, len(r.Rows), row.Name, row.Evidence.Vote.Value)
		}
	}
}

// printResults writes the rows as a table.
func printResults(w io.Writer, r ablation.Results) error {
	t := plainTable()
	if r.Retrieval {
		t.AppendHeader(table.Row{"row", "coverage", "agreement", "token vote", "95 % interval", "difference", "p", "ms a sentence"})
	} else {
		t.AppendHeader(table.Row{"row", "precision", "recall", "strict F1", "95 % interval", "difference", "p", "tokens a sentence", "s a sentence"})
	}
	for _, row := range r.Rows {
		t.AppendRow(resultRow(row))
	}
	_, err := fmt.Fprintf(w, "%s\ndifference to %q; p by paired bootstrap, corrected by Holm\n", t.Render(), r.Reference)
	return err
}

func resultRow(row ablation.Row) table.Row {
	difference, p := "", ""
	if x := row.Against; x != nil {
		difference, p = fmt.Sprintf("%+.3f", x.Delta), fmt.Sprintf("%.3f", x.PHolm)
	}
	name := row.Name
	if row.State != ablation.Done {
		name += " (" + string(row.State) + ")"
	}
	switch {
	case row.Evaluation != nil:
		f, n := row.Evaluation.Criteria.Strict.Micro, float64(max(row.Evaluation.Sentences, 1))
		tokens := float64(row.Evaluation.PromptTokens+row.Evaluation.OutputTokens) / n
		return table.Row{
			name, share(f.Precision), share(f.Recall), share(f.F1), share(f.F1Low) + " to " + share(f.F1High), difference, p,
			fmt.Sprintf("%.0f", tokens), fmt.Sprintf("%.3f", row.Evaluation.Seconds/n),
		}
	case row.Evidence != nil:
		x := row.Evidence
		return table.Row{
			name, share(x.Coverage.Value), share(x.Agreement.Value), share(x.Vote.Value), share(x.Vote.Low) + " to " + share(x.Vote.High),
			difference, p, fmt.Sprintf("%.2f", 1000*x.Seconds),
		}
	}
	return table.Row{name}
}

func share(x float64) string { return fmt.Sprintf("%.4f", x) }

// dryRun prints what the rows would cost.
func dryRun(ctx context.Context, s streams, job *ablation.Job) error {
	costs, err := job.Costs(ctx)
	if err != nil {
		return err
	}
	t := plainTable()
	t.AppendHeader(table.Row{"row", "tagger", "calls", "new", "prompt tokens", "answers at most"})
	calls, fresh, tokens := 0, 0, 0
	for _, c := range costs {
		t.AppendRow(table.Row{c.Row, c.Tagger, c.Calls, c.New, c.PromptTokens, c.OutputTokens})
		calls, fresh, tokens = calls+c.Calls, fresh+c.New, tokens+c.PromptTokens
	}
	t.AppendFooter(table.Row{"all", "", calls, fresh, tokens})
	_, err = fmt.Fprintf(s.out, "%s\n%s; new calls are those that no row before makes too; tokens are estimated, a fifth too high for English\n",
		t.Render(), plural(len(job.Gold), "document"))
	return err
}

// plainTable has its numbers on the right.
func plainTable() table.Writer {
	t := table.NewWriter()
	style := table.StyleLight
	style.Format.Header, style.Format.Footer = text.FormatDefault, text.FormatDefault
	style.Options = table.Options{SeparateHeader: true, SeparateFooter: true}
	t.SetStyle(style)
	var columns []table.ColumnConfig
	for n := 2; n <= 9; n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}
