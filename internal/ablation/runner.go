package ablation

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// Runner tags gold documents with engines of different settings.
type Runner struct {
	Open Opener
	// Fatal reports an error after which nothing with a model can succeed; Code names a failure; Bug makes an error of
	// the value of a panic. All may be nil.
	Fatal func(error) bool
	Code  func(error) string
	Bug   func(value any) error
	// Progress is told how many documents are done; Notice of what a user should know. Both may be nil; neither is
	// called concurrently.
	Progress func(what string, done, total int)
	Notice   func(string)

	exclude map[string][]string // twins of gold documents in the index
}

// tagArgs say what to tag.
type tagArgs struct {
	name string
	docs []corpora.Document
	log  *journal // nil: nothing is kept
}

func (r *Runner) progress(what string, done, total int) {
	if r.Progress != nil {
		r.Progress(what, done, total)
	}
}

func (r *Runner) notice(text string) {
	if r.Notice != nil {
		r.Notice(text)
	}
}

// tagAll gives the outcomes of the documents in their order, as far as it comes.
func (r *Runner) tagAll(ctx context.Context, e Engine, c config.Config, a tagArgs) ([]outcome, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var outcomes []outcome
	work := func(ctx context.Context, doc corpora.Document) tag.Result { return r.tagOne(ctx, e, doc, a.log) }
	for x := range r.results(ctx, e, a.docs, work) {
		if x.Err != nil {
			if err := r.giveUp(ctx, x.Err); err != nil {
				return outcomes, err
			}
			r.notice(fmt.Sprintf("%s: document %s: %v", a.name, x.Document.ID, x.Err))
			x.Document.Entities = nil
			x.Document.Err = &corpora.Failure{Code: r.code(x.Err), Message: x.Err.Error()}
		}
		outcomes = append(outcomes, outcome{x.Document, x.Stats, x.Seconds})
		r.progress(a.name, len(outcomes), len(a.docs))
	}
	return outcomes, ctx.Err()
}

// results tags documents in their order.
func (r *Runner) results(ctx context.Context, e Engine, docs []corpora.Document, work func(context.Context, corpora.Document) tag.Result) iter.Seq[tag.Result] {
	e.KeepPlans()
	return e.Plan(r.exclude).Run(ctx, each(docs), work)
}

// giveUp is the error that ends the run, nil when a document alone failed.
func (r *Runner) giveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, index.ErrCorrupt) || r.Fatal != nil && r.Fatal(err) || errors.Is(err, errJournal) {
		return err
	}
	return nil
}

// bug is the error of a panic, whose value may quote the text.
func (r *Runner) bug(value any) error {
	if r.Bug == nil {
		return fmt.Errorf("a bug in ragner: a panic of type %T", value)
	}
	return r.Bug(value)
}

func (r *Runner) code(err error) string {
	if r.Code == nil {
		return "failed"
	}
	return r.Code(err)
}

var errJournal = errors.New("the journal cannot be written")

// tagOne finds a document's outcome in the journal, or tags it and keeps the outcome.
// A panic fails this document, not the others.
func (r *Runner) tagOne(ctx context.Context, e Engine, doc corpora.Document, log *journal) (x tag.Result) {
	defer func() {
		if value := recover(); value != nil {
			x = tag.Result{Document: doc, Err: r.bug(value)}
		}
	}()
	if o, ok := log.find(doc); ok {
		o.doc.Sentences, o.doc.Meta = doc.Sentences, doc.Meta
		return tag.Result{Document: o.doc, Stats: o.stats, Seconds: o.seconds}
	}
	began := time.Now()
	tagged, stats, err := e.Tag(ctx, doc, r.exclude[doc.ID]...)
	if err != nil {
		return tag.Result{Document: doc, Stats: stats, Err: err}
	}
	seconds := time.Since(began).Seconds()
	if stats.ModelTime > 0 { // also what answers from the cache took when they were made, and no waiting for other calls
		seconds = stats.ModelTime.Seconds()
	}
	for i, entity := range tagged.Entities {
		tagged.Entities[i].Score = math.Round(entity.Score*1e4) / 1e4 // as the journal has it
	}
	if err := log.add(outcome{tagged, stats, seconds}); err != nil {
		return tag.Result{Document: doc, Err: errors.Join(errJournal, err)}
	}
	return tag.Result{Document: tagged, Stats: stats, Seconds: seconds}
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

// pair puts outcomes beside the first of the gold documents.
func pair(gold []corpora.Document, outcomes []outcome) []score.Pair {
	pairs := make([]score.Pair, len(outcomes))
	for i, o := range outcomes {
		pairs[i] = score.Pair{Gold: gold[i], Pred: o.doc}
	}
	return pairs
}

// score is the evaluation of outcomes with their cost.
func (r *Runner) score(ctx context.Context, e Engine, pairs []score.Pair, outcomes []outcome) *Evaluation {
	x := Evaluate(e, pairs, r.exclude)
	if err := x.Link(ctx, e, pairs, r.exclude); err != nil {
		r.notice(fmt.Sprintf("concepts are not scored: %v", err))
	}
	for _, o := range outcomes {
		x.AddCost(o.stats, o.seconds)
		if o.doc.Err != nil {
			x.Failed++
		}
	}
	return x
}
