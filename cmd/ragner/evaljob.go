package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/spool"
)

// evalJob tags gold documents into a spool and scores what came.
type evalJob struct {
	tagJob
	gold score.Documents
	pred *spool.Spool
}

// newEvalJob leaves it to the caller to close pred.
func newEvalJob(tag tagJob, gold score.Documents) (*evalJob, error) {
	pred, err := spool.New()
	return &evalJob{tag, gold, pred}, err
}

// evaluate gives findings only where examples are asked for.
func (j *evalJob) evaluate(ctx context.Context, examples int) (*ablation.Evaluation, *score.Findings, error) {
	started := time.Now()
	if err := j.tagAll(ctx); err != nil {
		return nil, nil, err
	}
	paired, err := score.Match(until{ctx, j.gold}, until{ctx, j.pred})
	if err != nil {
		return nil, nil, err
	}
	x, finder := ablation.NewEvaluator(j.engine, j.without), score.NewFinder(nil) // ids of gold are distinct
	for pair, err := range paired.Pairs() {
		if err == nil {
			x.Add(pair)
			err = x.Link(ctx, pair)
		}
		if err != nil {
			return nil, nil, err
		}
		if examples > 0 {
			finder.Add(pair)
		}
	}
	result := x.Evaluation()
	result.AddCost(j.stats, time.Since(started).Seconds())
	result.Tagger, result.Failed = j.engine.Tagger(), j.failed
	if examples == 0 {
		return result, nil, nil
	}
	findings, err := finder.Find(paired.Pairs(), examples)
	return result, &findings, err
}

// tagAll tags all documents; those that fail are named and counted.
func (j *evalJob) tagAll(ctx context.Context) error {
	bar := newProgress(j.err)
	defer bar.Finish()
	for r := range j.results(ctx, j.gold.All()) {
		if r.Err != nil {
			if j.ends(r) {
				return r.Err
			}
			j.failed++
			fmt.Fprintf(j.err, "ragner: document %s: %v\n", r.Document.ID, r.Err)
			r.Document.Err = &corpora.Failure{Code: failureCode(r.Err), Message: r.Err.Error()}
		}
		j.stats = j.stats.Add(r.Stats)
		if err := j.pred.Add(r.Document); err != nil {
			return err
		}
		bar.Show("tagging", j.pred.Len(), j.gold.Len())
	}
	return ctx.Err()
}
