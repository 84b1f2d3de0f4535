package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

func newCalibrate(s streams) *cobra.Command {
	most := 0
	dry, asJSON := false, false
	cmd := &cobra.Command{
		Use:   "calibrate -i DIR --model NAME",
		Short: "Learn how far to believe a model beside the tagger that the index has learned",
		Long: `Learn how far to believe a model beside the tagger that the index has learned, for --tagger cascade.

The model is asked about annotated sentences that the learned tagger was not learned from and is in doubt about, as a
cascade would ask. From what both say and what is annotated, weights are fitted and written into the index, for this
model and this way of asking. Where they do not surely predict better than the learned tagger alone (by 1.645 standard
errors, in cross-validation), the model is not believed, and a cascade with it gives what --tagger learned gives. An index that is built anew or added to is calibrated anew.`,
		Example: `  ragner calibrate -i idx --model qwen2.5:7b
  ragner calibrate -i idx --model qwen2.5:7b --ask questions -n 100 --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if most < 1 {
				return usagef("-n wants at least 1 sentence, but got %d", most)
			}
			return calibrate(cmd, s, most, dry, asJSON)
		},
	}
	addTagFlags(cmd)
	f := cmd.Flags()
	f.IntVarP(&most, "sentences", "n", 200, "ask about at most `N` sentences")
	f.BoolVar(&dry, "dry-run", false, "ask, and show what was found, but leave the index as it is")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func calibrate(cmd *cobra.Command, s streams, most int, dry, asJSON bool) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	if c.Model.Name == "" {
		return usagef("%s wants --model NAME, the model to calibrate", cmd.CommandPath())
	}
	c.Tagger = "cascade"
	e, err := openEngine(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	bar := newProgress(s.err)
	found, err := e.Calibrate(cmd.Context(), most, func(done, total int) { bar.Show("asking", done, total) })
	bar.Finish()
	if errors.Is(err, ragner.ErrNothingHeldOut) {
		return fmt.Errorf("%w in doubt; the index needs a few hundred annotated sentences (ragner index --learn)", err)
	}
	if err != nil {
		return err
	}
	if !dry {
		if err := index.Stack(cmd.Context(), c.Index, e.Index(), found.Stacked); err != nil {
			return err
		}
	}
	if asJSON {
		return writeJSON(s.out, found)
	}
	sayCalibration(s, found)
	return nil
}

func sayCalibration(s streams, c ragner.Calibration) {
	fmt.Fprintf(s.out, "%s, asked for %s: %s, %s, %s, %d prompt tokens, %.1f s of the model\n", c.Model, c.Ask,
		plural(c.Sentences, "sentence"), plural(c.Opinions, "opinion"), plural(c.Stats.Calls, "call"), c.Stats.PromptTokens, c.Stats.ModelTime.Seconds())
	if n := c.Stats.Unanswered; n > 0 {
		fmt.Fprintf(s.out, "%s had no usable answer\n", plural(n, "sentence"))
	}
	fmt.Fprintf(s.out, "loss of an opinion (negative log-likelihood, cross-validated): learned tagger alone %.4f, with the model %.4f, standard error of the difference %.4f\n", c.Alone, c.Loss, c.Error)
	if learn.Stack(c.Weights).Ignores() {
		fmt.Fprintln(s.out, "the model does not surely help here: a cascade does not believe it, and does not ask it")
		return
	}
	fmt.Fprintf(s.out, "weights: %.3f; of the learned tagger's log-odds %.3f; of the model's say %.3f\n", c.Weights[0], c.Weights[1], c.Weights[2:])
}
