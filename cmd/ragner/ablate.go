package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/ablation/report"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
)

type ablateArgs struct {
	gold, grid, out string
	limit, sample   int
	rows            []string
	retrievalOnly   bool
	dryRun, fresh   bool
	unseenLabels    bool
	asJSON          bool
}

func newAblate(s streams) *cobra.Command {
	var a ablateArgs
	var show string
	cmd := &cobra.Command{
		Use:   "ablate -i DIR --gold PATH --grid FILE -o DIR",
		Short: "Compare settings on gold documents: what helps, by how much, how surely, at what cost",
		Long: `Compare settings on gold documents: what helps, by how much, how surely, at what cost.

A grid lists rows of settings, or settings to vary; its keys are those of ragner.yaml or the flags' names:

  reference: five hybrid          # the row that the others are tested against; else the first
  set: {tagger: llm}              # for every row
  rows:
    - {name: zero-shot, set: {shots: none, terms: 0}}
    - {name: five hybrid, set: {k: 5}}
  vary: {trust: [0, 1]}           # crossed with every row; "pool: [100, all]" shrinks the index

--grid also takes the name of a built-in one: ` + strings.Join(ablation.Presets(), ", ") + ` (see one with --show).
Flags and ragner.yaml set what the grid does not. -o DIR gets report.html, report.md, results.csv and results.json
after each row; the report quotes documents. The same command goes on where an interrupted one stopped, and answers
of the model are kept in DIR/answers.db and paid for once.`,
		Example: `  ragner ablate -i idx --gold dev.conll --grid retrieval -o abl
  ragner ablate -i idx --gold dev.conll --grid paper --model qwen2.5:7b --sample 200 -o paper --dry-run
  ragner ablate -i idx --gold dev.conll --grid mine.yaml --model qwen2.5:7b -o mine`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if show != "" {
				return showGrid(s, show)
			}
			if err := a.check(); err != nil {
				return err
			}
			return ablate(cmd, s, a)
		},
	}
	addTagFlags(cmd)
	addSettings(cmd, "learn.", "suggest.")
	a.addFlags(cmd)
	cmd.Flags().StringVar(&show, "show", "", "print the built-in grid `NAME` and end")
	return cmd
}

func (a *ablateArgs) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.gold, "gold", "", "`PATH` of annotated documents")
	f.StringVar(&a.grid, "grid", "", "`FILE` of what to compare, or the name of a built-in grid")
	f.StringVarP(&a.out, "out", "o", "", "`DIR` for the report and what rows need to go on")
	f.IntVar(&a.limit, "limit", 0, "only the first `N` documents; 0: all")
	f.IntVar(&a.sample, "sample", 0, "only `N` documents drawn at random, by --seed; 0: all")
	f.StringArrayVar(&a.rows, "row", nil, "only the row of this `NAME`; may be repeated")
	f.BoolVar(&a.retrievalOnly, "retrieval-only", false, "do not tag: only measure what is retrieved")
	f.BoolVar(&a.dryRun, "dry-run", false, "print the plan with its calls and tokens; call no model")
	f.BoolVar(&a.fresh, "fresh", false, "begin every row anew; the answers of the model are still used")
	f.BoolVar(&a.unseenLabels, "allow-unseen-labels", false, "go on when gold has labels that the index never saw")
	f.BoolVar(&a.asJSON, "json", false, "print the results as JSON, without the quoted errors")
}

func (a *ablateArgs) check() error {
	switch {
	case a.gold == "":
		return usagef("ablate wants --gold PATH, the annotated documents to score against")
	case a.grid == "":
		return usagef("ablate wants --grid FILE, or a built-in grid: %s", strings.Join(ablation.Presets(), ", "))
	case a.out == "" && !a.dryRun:
		return usagef("ablate wants -o DIR for the report")
	case a.limit < 0 || a.sample < 0:
		return usagef("--limit and --sample want 0 or more, but got %d", min(a.limit, a.sample))
	}
	return nil
}

func showGrid(s streams, name string) error {
	text, ok := ablation.Preset(name)
	if !ok {
		return usagef("there is no built-in grid %s (known: %s)", name, strings.Join(ablation.Presets(), ", "))
	}
	_, err := s.out.Write(text)
	return err
}

func ablate(cmd *cobra.Command, s streams, a ablateArgs) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	if c.Index == "" {
		return usagef("%s wants -i DIR, the folder of an index", cmd.CommandPath())
	}
	if c.Model.Cache == "" && a.out != "" {
		c.Model.Cache = filepath.Join(a.out, "answers.db")
	}
	plan, err := a.plan(c)
	if err != nil {
		return err
	}
	set, err := readGold(cmd.Context(), s.err, a.gold, c.Input)
	if err != nil {
		return err
	}
	defer set.close()
	gold, err := set.take(a.limit, a.sample, c.Retrieval.Seed).load()
	if err != nil {
		return err
	}
	if err := checkLabels(s, c, gold, a.unseenLabels || plan.RetrievalOnly); err != nil {
		return err
	}
	job := newAblation(s, plan, gold)
	job.About = ablation.GoldInfo{Sources: set.sources, Of: set.docs.Len()}
	job.Dir, job.Fresh, job.Seed, job.Command = a.out, a.fresh, c.Retrieval.Seed, quoteArgs(append([]string{"ragner"}, os.Args[1:]...))
	if a.dryRun {
		return dryRun(cmd.Context(), s, job)
	}
	return errors.Join(a.run(cmd.Context(), s, job), partial(set.failed))
}

// plan reads the grid and makes its rows.
func (a *ablateArgs) plan(c config.Config) (ablation.Plan, error) {
	grid, err := readGrid(a.grid)
	if err != nil {
		return ablation.Plan{}, err
	}
	grid.RetrievalOnly = grid.RetrievalOnly || a.retrievalOnly
	plan, err := grid.Plan(c)
	if err == nil {
		plan, err = plan.Only(a.rows)
	}
	if err != nil {
		return plan, usageError{err}
	}
	return plan, nil
}

// readGrid reads a file, or the built-in grid of that name where there is no such file.
func readGrid(name string) (ablation.Grid, error) {
	f, err := os.Open(name)
	if info, statErr := os.Stat(name); errors.Is(err, os.ErrNotExist) || statErr == nil && info.IsDir() {
		if _, ok := ablation.Preset(name); ok {
			return ablation.ParsePreset(name)
		}
		return ablation.Grid{}, usagef("there is no file %s, nor a built-in grid of that name (known: %s)", name, strings.Join(ablation.Presets(), ", "))
	}
	if err != nil {
		return ablation.Grid{}, fmt.Errorf("read the grid: %w", err)
	}
	defer f.Close()
	grid, err := ablation.ParseGrid(f, name)
	if err != nil {
		return grid, usageError{err}
	}
	if grid.Name == "" {
		grid.Name = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	return grid, nil
}

// checkLabels refuses gold whose labels the index does not know, since no setting can find them.
func checkLabels(s streams, c config.Config, gold []corpora.Document, allowed bool) error {
	x, err := index.Open(c.Index, index.OpenOptions{})
	if err != nil {
		return noIndex(c.Index, err)
	}
	defer release(x)
	labels := ablation.UnseenLabels(x, gold)
	if len(labels) > 0 && !allowed {
		return usagef("gold has labels that the index never saw: %s; none of their mentions can be found (rename them: --gold PATH,label=NAME; or score them all the same: --allow-unseen-labels)",
			someOf(labels, 10))
	}
	warnOfLabels(s, labels)
	return nil
}

func newAblation(s streams, plan ablation.Plan, gold []corpora.Document) *ablation.Job {
	return &ablation.Job{
		Plan: plan, Gold: gold, Version: programVersion(),
		Embedder: func(ctx context.Context, name string, c config.Config) (embed.Embedder, error) {
			sayWarnings(s, ragner.EmbedderElsewhere(name, c))
			return ragner.NewEmbedder(ctx, name, c)
		},
		Learn: ragner.NewLearner, Runner: newRunner(s),
	}
}

func newRunner(s streams) ablation.Runner {
	say := sayOnce(s)
	return ablation.Runner{
		Open: func(ctx context.Context, c config.Config) (ablation.Engine, error) {
			e, err := ragner.Open(ctx, c.Index, c)
			if err != nil {
				return nil, noIndex(c.Index, err)
			}
			say(e.Elsewhere())
			return e, nil
		},
		Fatal:  hopeless,
		Code:   failureCode,
		Bug:    panicked,
		Notice: func(text string) { fmt.Fprintln(s.err, "ragner:", text) },
	}
}

// run runs the rows and writes the report after each.
func (a *ablateArgs) run(ctx context.Context, s streams, job *ablation.Job) error {
	bar := newProgress(s.err)
	defer bar.Finish()
	at := 0
	job.Progress = func(row string, done, total int) { bar.Show(row, done, total) }
	job.Save = func(r ablation.Results) error {
		bar.Finish()
		sayRows(s, r, &at)
		return report.Write(a.out, r)
	}
	results, err := job.Run(ctx)
	if len(results.Rows) == 0 {
		return err
	}
	if err != nil {
		fmt.Fprintf(s.err, "ragner: what is done is kept in %s; the same command goes on from there\n", a.out)
		return err
	}
	fmt.Fprintf(s.err, "ragner: %s\n", filepath.Join(a.out, "report.html"))
	if a.asJSON {
		err = writeJSON(s.out, withoutCases(results))
	} else {
		err = printResults(s.out, results)
	}
	rows, documents := failures(results)
	return errors.Join(err, partialOf("row", rows), partialOf("document", documents))
}

// failures counts rows that failed, and documents that failed in the others.
func failures(r ablation.Results) (rows, documents int) {
	for _, row := range r.Rows {
		if row.State == ablation.Failed {
			rows++
		}
		if row.Evaluation != nil {
			documents += row.Evaluation.Failed
		}
	}
	return rows, documents
}

func withoutCases(r ablation.Results) ablation.Results {
	rows := make([]ablation.Row, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = row
		rows[i].Cases = nil
	}
	r.Rows = rows
	return r
}
