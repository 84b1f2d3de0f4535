package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
)

type tuneArgs struct {
	gold, out     string
	limit, sample int
	budget        int
	dryRun        bool
	asJSON        bool
}

func newTune(s streams) *cobra.Command {
	a := tuneArgs{}
	cmd := &cobra.Command{
		Use:   "tune -i DIR --gold PATH",
		Short: "Choose settings on gold documents and write them into ragner.yaml",
		Long: `Choose settings on gold documents and write them into ragner.yaml.

Settings are chosen one after the other on two thirds of the documents: for a model the answer format, the number of
demonstrations, the weight of vectors, the trust in the model and the threshold; without a model those that the index
alone uses. A value replaces the one in use when it is better in 85 of 100 bootstrap resamples. The other third, which no
choice has seen, tells what it all gained. Nothing is written unless it gained there.

Take documents that are in neither the index nor the test set. Answers of the model are kept (--cache) and paid for
once, so that a run that was interrupted goes on where it stopped.`,
		Example: `  ragner tune -i idx --gold dev.conll
  ragner tune -i idx --gold dev.conll --model qwen2.5:7b --budget 600`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.gold == "" {
				return usagef("tune wants --gold PATH, annotated documents to choose on")
			}
			if least := min(a.limit, a.sample, a.budget); least < 0 {
				return usagef("--limit, --sample and --budget want 0 or more, but got %d", least)
			}
			return tune(cmd, s, a)
		},
	}
	addTuningFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&a.gold, "gold", "", "`PATH` of annotated documents")
	f.StringVarP(&a.out, "out", "o", "ragner.yaml", "`FILE` to write the settings into; what else it holds stays")
	f.IntVar(&a.limit, "limit", 0, "only the first `N` documents; 0: all")
	f.IntVar(&a.sample, "sample", 0, "only `N` documents drawn at random, by --seed; 0: all")
	f.IntVar(&a.budget, "budget", 1000, "at most `N` calls of the model; 0: no bound")
	f.BoolVar(&a.dryRun, "dry-run", false, "choose and tell, but write nothing")
	f.BoolVar(&a.asJSON, "json", false, "print JSON")
	return cmd
}

func tune(cmd *cobra.Command, s streams, a tuneArgs) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	if c.Index == "" {
		return usagef("%s wants -i DIR, the folder of an index", cmd.CommandPath())
	}
	if c.Model.Cache == "" && c.UsesModel() {
		c.Model.Cache = filepath.Join(filepath.Dir(a.out), "ragner-tune-answers.db")
		fmt.Fprintf(s.err, "ragner: answers of the model are kept in %s; it may be deleted afterwards\n", c.Model.Cache)
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
	if err := checkLabels(s, c, gold, true); err != nil {
		return err
	}
	t := ablation.Tuner{Runner: newRunner(s), Config: c, Gold: gold, Budget: a.budget, Seed: uint64(c.Retrieval.Seed)}
	return errors.Join(a.run(cmd.Context(), s, &t), partial(set.failed))
}

func (a tuneArgs) run(ctx context.Context, s streams, t *ablation.Tuner) error {
	bar := newProgress(s.err)
	defer bar.Finish()
	t.Progress = bar.Show
	tuned, err := t.Run(ctx)
	bar.Finish()
	if err != nil {
		return err
	}
	written := ""
	if !a.dryRun && len(tuned.Changes) > 0 && tuned.Gain.Delta > 0 {
		written = a.out
		note := fmt.Sprintf("Chosen by ragner tune on %d documents of %s; strict F1 on %d others %.3f, before %.3f.",
			tuned.Choice, filepath.Base(a.gold), tuned.Check, tuned.After.Criteria.Strict.Micro.F1, tuned.Before.Criteria.Strict.Micro.F1)
		if err := config.Update(a.out, note, tuned.Changes); err != nil {
			return err
		}
	}
	if a.asJSON {
		return writeJSON(s.out, struct {
			ablation.Tuned
			Written string `json:"written"`
		}{tuned, written})
	}
	return printTuned(s, tuned, written, a.dryRun)
}

func printTuned(s streams, t ablation.Tuned, written string, dryRun bool) error {
	w := plainTable()
	w.AppendHeader(table.Row{"step", "value", "strict F1", "better in", ""})
	for _, try := range t.Tries {
		note := ""
		if try.Taken {
			note = "taken"
		}
		better := "in use"
		if try.Better > 0 {
			better = fmt.Sprintf("%.0f %%", 100*try.Better)
		}
		w.AppendRow(table.Row{try.Step, try.Value, share(try.F1), better, note})
	}
	before, after := t.Before.Criteria.Strict.Micro.F1, t.After.Criteria.Strict.Micro.F1
	_, err := fmt.Fprintf(s.out, "%s\nchosen on %s, checked on %d others: strict F1 %.4f before, %.4f after, gain %+.4f (95 %% interval %+.4f to %+.4f)\n%s\n",
		w.Render(), plural(t.Choice, "document"), t.Check, before, after, t.Gain.Delta, t.Gain.Low, t.Gain.High, verdict(t, written, dryRun))
	return err
}

// verdict says what became of the choice.
func verdict(t ablation.Tuned, written string, dryRun bool) string {
	var list []string
	for _, c := range t.Changes {
		list = append(list, fmt.Sprintf("%s: %v", c.Key, c.Value))
	}
	values := strings.Join(list, ", ")
	switch {
	case len(t.Changes) == 0:
		return "no value was surely better than those in use: nothing to write"
	case written != "":
		return values + " written to " + written
	case dryRun && t.Gain.Delta > 0:
		return values + " would be written"
	}
	return "not written, as the other documents do not confirm it: " + values
}
