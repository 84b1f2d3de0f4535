package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

func newInspect(s streams) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Show what an index holds: counts, labels, embedder, sizes, warnings",
		Args:  exactArgs("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd.Flags().Changed("limit")); err != nil {
				return err
			}
			return inspect(s.out, args[0], o)
		},
	}
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "also check every file's checksum and that sentences find themselves")
	cmd.Flags().BoolVar(&o.conflicts, "conflicts", false, "show annotations that contradict each other instead, with their text")
	cmd.Flags().IntVarP(&o.limit, "limit", "n", 10, "conflicts of each kind to show, the most surprising first; 0: all")
	return cmd
}

// inspectOptions are inspect's flags.
type inspectOptions struct {
	asJSON, verify, conflicts bool
	limit                     int
}

func (o inspectOptions) validate(limited bool) error {
	switch {
	case o.limit < 0:
		return usagef("--limit %d: want 0 or more", o.limit)
	case limited && !o.conflicts:
		return usagef("--limit is of --conflicts, which is not given")
	}
	return nil
}

func inspect(w io.Writer, dir string, o inspectOptions) error {
	if o.verify {
		if err := index.Check(dir); err != nil {
			return noIndex(dir, err)
		}
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		return noIndex(dir, err)
	}
	defer release(x)
	if o.conflicts {
		return conflicts(w, x, o.limit, o.asJSON)
	}
	summary := x.Summary()
	if o.asJSON {
		return writeJSON(w, summary)
	}
	printSummary(w, summary)
	return nil
}

func printSummary(w io.Writer, m index.Summary) {
	embedder := "none"
	if m.Embedder.ID != "" {
		embedder = fmt.Sprintf("%s (%d dimensions)", m.Embedder.Name, m.Embedder.Dimensions)
	}
	fmt.Fprintf(w, "%s, %s, built %s by ragner %s\n", m.Path, bytesText(m.Bytes), m.Created.Format("2006-01-02 15:04"), m.Version)
	fmt.Fprintf(w, "embedder: %s\n\n", embedder)
	t := newTable("source", "what", "documents", "sentences", "terms")
	for _, src := range m.Sources {
		t.AppendRow(table.Row{src.Spec, src.Kind, blank(src.Documents), blank(src.Sentences), blank(src.Terms)})
	}
	c := m.Counts
	t.AppendFooter(table.Row{"all", "", c.Documents + c.PassageDocuments, c.Sentences + c.Passages, c.Terms})
	fmt.Fprintln(w, t.Render())
	fmt.Fprintf(w, "\n%d distinct sentences with %d entities, %d distinct passages, %d names of terms\n\n", c.DistinctSentences, c.Entities, c.DistinctPassages, c.Names)
	t = newTable("label", "mentions", "terms")
	for _, l := range m.Labels {
		t.AppendRow(table.Row{l.Label, l.Mentions, blank(l.Terms)})
	}
	fmt.Fprintln(w, t.Render())
	if m.Learned != nil {
		printLearned(w, *m.Learned, m.Files)
		printStacked(w, m.Stacked)
	}
	for _, warning := range m.Warnings {
		fmt.Fprintln(w, "warning:", warning)
	}
}

// printLearned tells of the learned tagger, a row for each group of labels that never overlap.
func printLearned(w io.Writer, l index.Learned, files []index.File) {
	fmt.Fprintf(w, "\nlearned tagger: from %s in %.1f s, %s, l2 %g, at most %d iterations; %d mentions could not be shown to it\n",
		plural(l.Sentences, "sentence"), l.Seconds, plural(l.Features, "feature"), l.Settings.L2, l.Settings.Iterations, l.Lost)
	for _, f := range files {
		if f.Name == index.LearnedFile {
			fmt.Fprintf(w, "%s: %s, version %d, SHA-256 %s\n", f.Name, bytesText(f.Size), l.Version, f.SHA256)
		}
	}
	t := newTable("group of labels", "weights", "threshold", "strict F1, held-out sentences")
	for _, g := range l.Groups {
		t.AppendRow(table.Row{text.WrapSoft(strings.Join(g.Labels, ", "), 60), g.Weights, fmt.Sprintf("%.2f", g.Threshold), fmt.Sprintf("%.3f", g.F1)})
	}
	fmt.Fprintln(w, t.Render())
}

// printStacked tells how far models are believed beside it, a row for each model and way of asking.
func printStacked(w io.Writer, list []index.Stacked) {
	if len(list) == 0 {
		return
	}
	t := newTable("calibrated model", "asked for", "sentences", "opinions", "loss alone", "with the model", "± s.e.", "believed")
	for _, s := range list {
		believed := "yes"
		if learn.Stack(s.Weights).Ignores() {
			believed = "no"
		}
		t.AppendRow(table.Row{text.WrapHard(s.Model, 40), s.Ask, s.Sentences, s.Opinions, fmt.Sprintf("%.4f", s.Alone), fmt.Sprintf("%.4f", s.Loss), fmt.Sprintf("%.4f", s.Error), believed})
	}
	fmt.Fprintln(w, t.Render())
}

func newTable(headers ...string) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	row := table.Row{}
	for _, h := range headers {
		row = append(row, h)
	}
	t.AppendHeader(row)
	return t
}

// blank prints nothing for zero.
func blank(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
}
