package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/spool"
)

func newEval(s streams) *cobra.Command {
	var gold, out string
	var limit, sample int
	examples := 0
	asJSON := false
	cmd := &cobra.Command{
		Use:   "eval -i DIR --gold PATH",
		Short: "Tag gold documents without looking at their annotations, and score the result",
		Long: `Tag gold documents without looking at their annotations, and score the result. A document that stands in the
index, by its id or by all its sentences, is held out for itself. -o DIR keeps report.json and predictions.jsonl.`,
		Example: `  ragner eval -i idx --gold test.PubTator,label=Disease
  ragner eval -i idx --gold test.conll --model qwen2.5:7b --limit 50 -o run1 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if gold == "" {
				return usagef("eval wants --gold PATH, the annotated documents to score against")
			}
			if limit < 0 || sample < 0 || examples < 0 {
				return usagef("--limit, --sample and --examples want 0 or more, but got %d", min(limit, sample, examples))
			}
			return eval(cmd, s, evalArgs{gold, out, limit, sample, examples, asJSON})
		},
	}
	addTagFlags(cmd)
	cmd.Flags().StringVar(&gold, "gold", "", "`PATH` of annotated documents")
	cmd.Flags().IntVar(&limit, "limit", 0, "only the first `N` documents; 0: all")
	cmd.Flags().IntVar(&sample, "sample", 0, "only `N` documents drawn at random, by --seed; 0: all")
	cmd.Flags().StringVarP(&out, "out", "o", "", "`DIR` for report.json and predictions.jsonl")
	cmd.Flags().IntVar(&examples, "examples", 0, "quote up to `N` errors of each kind")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

type evalArgs struct {
	gold, out     string
	limit, sample int
	examples      int // of each kind of error
	asJSON        bool
}

func eval(cmd *cobra.Command, s streams, a evalArgs) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	set, err := readGold(cmd.Context(), s.err, a.gold, c.Input)
	if err != nil {
		return err
	}
	defer set.close()
	gold := set.take(a.limit, a.sample, c.Retrieval.Seed)
	e, err := openTagger(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	about, twins, err := ablation.InspectGold(e.Index(), gold.All(), ablation.GoldInfo{})
	if err != nil {
		return err
	}
	warnOfLabels(s, about.UnseenLabels)
	fmt.Fprintf(s.err, "ragner: tagger %s, %d documents\n", e.Tagger(), about.Documents)
	job, err := newEvalJob(tagJob{streams: s, engine: e, config: e.Options(), without: twins}, gold)
	if err != nil {
		return err
	}
	defer release(job.pred)
	result, findings, err := job.evaluate(cmd.Context(), a.examples)
	if err != nil {
		return err
	}
	if result.InIndex > 0 {
		fmt.Fprintf(s.err, "ragner: %d gold documents stand in the index; each was held out for itself\n", result.InIndex)
		if e.Options().UsesLearned() && e.Index().Manifest().Learned != nil {
			fmt.Fprintln(s.err, "ragner: warning: the learned tagger was learned from them, which cannot be taken back: its figures are too good")
		}
	}
	if c.Link.Enabled && result.Linking == nil {
		fmt.Fprintln(s.err, "ragner: warning: gold has no concept ids: what --link found cannot be scored")
	}
	if err := writeEvaluation(a.out, result, job.pred); err != nil {
		return err
	}
	if a.asJSON {
		err = writeJSON(s.out, result)
	} else {
		err = printEvaluation(s, result)
	}
	if err == nil && findings != nil && !a.asJSON {
		err = findings.Table(s.out, result.Errors)
	}
	return errors.Join(err, partial(set.failed+result.Failed))
}

func writeEvaluation(dir string, x *ablation.Evaluation, pred *spool.Spool) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	format, _ := corpora.FormatByName("jsonl")
	w, err := corpora.Create(filepath.Join(dir, "predictions.jsonl"), format, corpora.WriteOptions{})
	if err != nil {
		return err
	}
	for d, err := range pred.All() {
		if err == nil {
			err = w.Write(d)
		}
		if err != nil {
			abort(w)
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "report.json"), append(data, '\n'), 0o644)
}

func printEvaluation(s streams, x *ablation.Evaluation) error {
	if err := x.Table(s.out); err != nil {
		return err
	}
	n := float64(max(x.Documents, 1))
	fmt.Fprintf(s.out, "\n%s: %.1f s, %.2f s a document; %d calls, %d prompt and %d output tokens%s, %d answers from the cache\n",
		x.Tagger, x.Seconds, x.Seconds/n, x.Calls, x.PromptTokens, x.OutputTokens, keptTokens(x.CachedTokens), x.CacheHits)
	if x.Asked > 0 {
		fmt.Fprintf(s.out, "the model was asked about %d of %d sentences, had no usable answer to %d, and was asked again alone about %d\n", x.Asked, x.Sentences, x.Unanswered, x.AskedAgain)
	}
	fmt.Fprintf(s.out, "%d documents failed, %d mentions not found in their sentence, %d of them leaked from demonstrations, %d demonstrations dropped\n",
		x.Failed, x.Unaligned, x.Leaks, x.Dropped)
	fmt.Fprintf(s.out, "strict F1 of mentions that stand in the index %.3f, of others %.3f\n", x.Seen.Strict.Micro.F1, x.Unseen.Strict.Micro.F1)
	fmt.Fprintf(s.out, "scores of %d entities: %s\n", x.Calibration.Predictions, x.Calibration)
	return nil
}
