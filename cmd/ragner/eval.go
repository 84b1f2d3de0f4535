package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/score"
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
	set, err := readGold(s.err, a.gold, c.Input)
	if err != nil {
		return err
	}
	gold := set.take(a.limit, a.sample, c.Retrieval.Seed)
	e, err := openTagger(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	warnOfLabels(s, ablation.UnseenLabels(e.Index(), gold))
	fmt.Fprintf(s.err, "ragner: tagger %s, %d documents\n", e.Tagger(), len(gold))
	job := &tagJob{streams: s, engine: e, config: e.Options(), without: ablation.Twins(e.Index(), gold)}
	result, pred, err := evaluate(cmd.Context(), job, gold)
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
	if err := writeEvaluation(a.out, result, pred); err != nil {
		return err
	}
	if a.asJSON {
		err = writeJSON(s.out, result)
	} else {
		err = printEvaluation(s, result)
	}
	if err == nil && a.examples > 0 && !a.asJSON {
		pairs, _ := score.Pairs(gold, pred)
		err = score.Find(pairs, a.examples).Table(s.out, result.Errors)
	}
	return errors.Join(err, partial(set.failed+result.Failed))
}

func evaluate(ctx context.Context, job *tagJob, gold []corpora.Document) (*ablation.Evaluation, []corpora.Document, error) {
	bar := newProgress(job.err)
	defer bar.Finish()
	started := time.Now()
	var pred []corpora.Document
	failed := 0
	for r := range job.results(ctx, each(gold)) {
		if r.Err != nil {
			if job.ends(r) {
				return nil, nil, r.Err
			}
			failed++
			fmt.Fprintf(job.err, "ragner: document %s: %v\n", r.Document.ID, r.Err)
			r.Document.Err = &corpora.Failure{Code: failureCode(r.Err), Message: r.Err.Error()}
		}
		job.stats = job.stats.Add(r.Stats)
		pred = append(pred, r.Document)
		bar.Show("tagging", len(pred), len(gold))
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	pairs, _ := score.Pairs(gold, pred)
	x := ablation.Evaluate(job.engine, pairs, job.without)
	if err := x.Link(ctx, job.engine, pairs, job.without); err != nil {
		return nil, nil, err
	}
	x.AddCost(job.stats, time.Since(started).Seconds())
	x.Tagger, x.Failed = job.engine.Tagger(), failed
	return x, pred, nil
}

func each(docs []corpora.Document) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func writeEvaluation(dir string, x *ablation.Evaluation, pred []corpora.Document) error {
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
	for _, d := range pred {
		if err := w.Write(d); err != nil {
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
	fmt.Fprintf(s.out, "scores of %d entities: expected calibration error %.3f\n", x.Calibration.Predictions, x.Calibration.Error)
	return nil
}
