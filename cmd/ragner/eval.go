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

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// evaluation is what eval reports: the score and what it cost.
type evaluation struct {
	score.Report
	Tagger       string         `json:"tagger"`
	Seconds      float64        `json:"seconds"`
	Calls        int            `json:"calls"`
	PromptTokens int            `json:"prompt_tokens"`
	OutputTokens int            `json:"output_tokens"`
	CacheHits    int            `json:"cache_hits"`
	Failed       int            `json:"failed"`
	Unaligned    int            `json:"unaligned"`
	Leaks        int            `json:"leaks"`
	Dropped      int            `json:"dropped_demonstrations"`
	InIndex      int            `json:"gold_in_index"` // gold documents that stand in the index; held out for themselves
	Seen         score.Criteria `json:"seen"`
	Unseen       score.Criteria `json:"unseen"`
}

func newEval(s streams) *cobra.Command {
	var gold, out string
	var limit int
	asJSON := false
	cmd := &cobra.Command{
		Use:   "eval -i DIR --gold PATH",
		Short: "Tag gold documents without looking at their annotations, and score the result",
		Long: `Tag gold documents without looking at their annotations, and score the result. A document that stands in the
index is held out for itself. -o DIR keeps report.json and predictions.jsonl.`,
		Example: `  ragner eval -i idx --gold test.PubTator,label=Disease
  ragner eval -i idx --gold test.conll --model qwen2.5:7b --limit 50 -o run1 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if gold == "" {
				return usagef("eval wants --gold PATH, the annotated documents to score against")
			}
			if limit < 0 {
				return usagef("--limit wants 0 or more, but got %d", limit)
			}
			return eval(cmd, s, evalArgs{gold, out, limit, asJSON})
		},
	}
	addTagFlags(cmd)
	cmd.Flags().StringVar(&gold, "gold", "", "`PATH` of annotated documents")
	cmd.Flags().IntVar(&limit, "limit", 0, "only the first `N` documents; 0: all")
	cmd.Flags().StringVarP(&out, "out", "o", "", "`DIR` for report.json and predictions.jsonl")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

type evalArgs struct {
	gold, out string
	limit     int
	asJSON    bool
}

func eval(cmd *cobra.Command, s streams, a evalArgs) error {
	gold, bad, err := readAll(s.err, a.gold)
	if err != nil {
		return err
	}
	if a.limit > 0 && a.limit < len(gold) {
		gold = gold[:a.limit]
	}
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	e, err := openEngine(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	fmt.Fprintf(s.err, "ragner: tagger %s, %d documents\n", e.Tagger(), len(gold))
	job := &tagJob{streams: s, engine: e, config: c}
	result, pred, err := evaluate(cmd.Context(), job, gold)
	if err != nil {
		return err
	}
	if result.InIndex > 0 {
		fmt.Fprintf(s.err, "ragner: %d gold documents stand in the index; each was held out for itself\n", result.InIndex)
	}
	if err := writeEvaluation(a.out, result, pred); err != nil {
		return err
	}
	if a.asJSON {
		err = writeJSON(s.out, result)
	} else {
		err = printEvaluation(s, result)
	}
	return errors.Join(err, partial(bad+result.Failed))
}

func evaluate(ctx context.Context, job *tagJob, gold []corpora.Document) (evaluation, []corpora.Document, error) {
	bar := newProgress(job.err)
	defer bar.Finish()
	started := time.Now()
	var pred []corpora.Document
	failed := 0
	for r := range tag.Batch(ctx, each(gold), job.workers(), job.tag) {
		if r.Err != nil {
			if errors.Is(r.Err, context.Canceled) || hopeless(r.Err) {
				return evaluation{}, nil, r.Err
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
		return evaluation{}, nil, err
	}
	pairs, _ := score.Pairs(gold, pred)
	x := evaluation{
		Report: score.Evaluate(pairs), Tagger: job.engine.Tagger(), Seconds: time.Since(started).Seconds(),
		Calls: job.stats.Calls, PromptTokens: job.stats.PromptTokens, OutputTokens: job.stats.OutputTokens,
		CacheHits: job.stats.CacheHits, Failed: failed, Unaligned: job.stats.Unaligned, Leaks: job.stats.Leaks,
		Dropped: job.stats.Dropped, InIndex: inIndex(job.engine, gold),
	}
	x.Seen, x.Unseen = score.Split(pairs, job.engine.Seen)
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

func inIndex(e *ragner.Engine, docs []corpora.Document) int {
	n := 0
	for _, d := range docs {
		if len(e.Index().SentencesOf(d.ID)) > 0 {
			n++
		}
	}
	return n
}

func writeEvaluation(dir string, x evaluation, pred []corpora.Document) error {
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

func printEvaluation(s streams, x evaluation) error {
	if err := x.Table(s.out); err != nil {
		return err
	}
	n := float64(max(x.Documents, 1))
	fmt.Fprintf(s.out, "\n%s: %.1f s, %.2f s a document; %d calls, %d prompt and %d output tokens, %d answers from the cache\n",
		x.Tagger, x.Seconds, x.Seconds/n, x.Calls, x.PromptTokens, x.OutputTokens, x.CacheHits)
	fmt.Fprintf(s.out, "%d documents failed, %d mentions not found in their sentence, %d of them leaked from demonstrations, %d demonstrations dropped\n",
		x.Failed, x.Unaligned, x.Leaks, x.Dropped)
	fmt.Fprintf(s.out, "strict F1 of mentions that stand in the index %.3f, of others %.3f\n", x.Seen.Strict.Micro.F1, x.Unseen.Strict.Micro.F1)
	return nil
}
