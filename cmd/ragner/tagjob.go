package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/tag"
)

// tagJob is one run over all documents.
type tagJob struct {
	streams
	args    tagArgs
	engine  *ragner.Engine
	config  config.Config
	format  corpora.Format
	input   input
	journal *journal            // nil when the output keeps nothing
	without map[string][]string // by id of a document: what must not be shown for it
	stats   ragner.Stats
	failed  int
	done    int
	found   int // entities
}

func (j *tagJob) run(ctx context.Context) (err error) {
	sources, err := j.input.open()
	if err != nil {
		return err
	}
	defer closeAll(sources)
	if err := refuseSame(j.args.out, sources); err != nil {
		return err
	}
	w, err := create(j.streams, j.args.out, j.format, corpora.WriteOptions{Scheme: j.args.scheme, Colour: j.args.out == "-" && coloured(j.out)})
	if err != nil {
		return err
	}
	if err := j.work(ctx, sources, w); err != nil {
		abort(w)
		return err
	}
	reportLoss(j.err, j.format.Name, w.Lost())
	return partial(j.failed)
}

// work writes all documents, keeping each in the journal until the output is complete.
func (j *tagJob) work(ctx context.Context, sources []source, w corpora.Writer) (err error) {
	if keepsData(j.args.out) {
		if j.journal, err = openJournal(j.args.out, j.fingerprint(), j.args.resume); err != nil {
			return err
		}
		defer j.journal.close()
		if err := corpora.RemoveLeftovers(j.args.out); err != nil { // the journal's lock is held: nobody else writes there
			return fmt.Errorf("remove what an interrupted run has left: %w", err)
		}
		j.sayJournal()
	}
	if err := j.write(ctx, sources, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if j.journal != nil {
		return j.journal.remove()
	}
	return nil
}

func (j *tagJob) write(ctx context.Context, sources []source, w corpora.Writer) error {
	bar := newProgress(j.err)
	defer bar.Finish()
	for r := range j.results(ctx, j.input.documents(sources)) {
		if err := j.finish(r, w); err != nil {
			return err
		}
		j.done++
		bar.Show("tagging", j.done, 0)
	}
	return ctx.Err()
}

// results tags documents in their order.
func (j *tagJob) results(ctx context.Context, docs iter.Seq2[corpora.Document, error]) iter.Seq[tag.Result] {
	return j.engine.Plan(j.without).Run(ctx, docs, j.tag)
}

// tag finds a document in the journal or tags it. A panic fails this document, not the others.
func (j *tagJob) tag(ctx context.Context, doc corpora.Document) (r tag.Result) {
	defer func() {
		if bug := recover(); bug != nil {
			r = tag.Result{Document: doc, Err: panicked(bug)}
		}
	}()
	if j.journal != nil {
		if found, ok := j.journal.find(doc); ok {
			return tag.Result{Document: found}
		}
	}
	tagged, stats, err := j.engine.Tag(ctx, doc, j.without[doc.ID]...)
	if err != nil {
		return tag.Result{Document: tagged, Stats: stats, Err: err}
	}
	for i, e := range tagged.Entities {
		tagged.Entities[i] = e.Rounded() // as JSONL has it, so that every format and a resumed run agree
	}
	if j.journal != nil {
		if err := j.journal.add(tagged); err != nil {
			return tag.Result{Err: err} // of no document: it ends the run
		}
	}
	return tag.Result{Document: tagged, Stats: stats}
}

// finish writes one result; a failed document carries its error. An error after which nothing can succeed ends the
// run.
func (j *tagJob) finish(r tag.Result, w corpora.Writer) error {
	j.stats = j.stats.Add(r.Stats)
	j.found += len(r.Document.Entities)
	if r.Err != nil {
		if j.ends(r) {
			return r.Err
		}
		j.fail(&r)
	}
	if r.Document.Err != nil && !slices.Contains(showsFailures, j.format.Name) {
		if j.format.Name != "conll" || r.Document.Text == "" {
			return nil // named on standard error; the format cannot say that a document failed
		}
		r.Document.Err = nil // keeps the output in line with the input
	}
	return w.Write(r.Document)
}

// ends reports an error that is not of one document alone.
func (j *tagJob) ends(r tag.Result) bool {
	if errors.Is(r.Err, context.Canceled) || errors.Is(r.Err, index.ErrCorrupt) || hopeless(r.Err) {
		return true
	}
	return !isBadDocument(r.Err) && r.Document.ID == "" && r.Document.Text == ""
}

// fail counts and names a document that failed, unless reading it named it.
func (j *tagJob) fail(r *tag.Result) {
	if !isBadDocument(r.Err) {
		fmt.Fprintf(j.err, "ragner: document %s: %v\n", r.Document.ID, r.Err)
	}
	j.failed++
	r.Document.Entities = nil
	r.Document.Err = &corpora.Failure{Code: failureCode(r.Err), Message: r.Err.Error()}
}

// showsFailures are the formats that can say that a document failed.
var showsFailures = []string{"jsonl", "html", "text"}

// hopeless reports an error of the model server after which no other call can succeed.
func hopeless(err error) bool {
	var model *llm.Error
	return errors.As(err, &model) && model.Fatal()
}

// failureCode is the short name of what went wrong with a document.
func failureCode(err error) string {
	var model *llm.Error
	switch {
	case errors.As(err, &model):
		return strings.ReplaceAll(string(model.Kind), "-", "_")
	case isBadDocument(err):
		return "bad_document"
	case errors.Is(err, ragner.ErrTooLong):
		return "too_long"
	}
	return "failed"
}

// sayJournal tells what became of an earlier run's work.
func (j *tagJob) sayJournal() {
	if n := j.journal.count(); n > 0 {
		fmt.Fprintf(j.err, "ragner: %s taken from the interrupted run\n", plural(n, "document"))
	}
	if j.journal.broken > 0 {
		fmt.Fprintf(j.err, "ragner: %s of %s cannot be read and will be done again\n", plural(j.journal.broken, "line"), j.journal.path)
	}
	if j.journal.aside != "" {
		fmt.Fprintf(j.err, "ragner: an interrupted run had left its work; it is put aside as %s (--resume would have gone on with it)\n", j.journal.aside)
	}
}

// say sums up a run into a file, and tells how to go on after an interruption.
func (j *tagJob) say(took time.Duration, err error) {
	var some partialError
	switch {
	case err != nil && !errors.As(err, &some):
		if j.journal != nil && j.journal.count() > 0 {
			fmt.Fprintf(j.err, "ragner: %s finished and kept; go on with the same command and --resume\n", plural(j.journal.count(), "document"))
		}
	case j.args.out != "-":
		fmt.Fprintf(j.err, "ragner: %s: %s, %s in %.1f s%s\n", j.args.out, plural(j.done-j.failed, "document"), plural(j.found, "mention"), took.Seconds(), modelWork(j.stats))
	}
}

// modelWork tells of the calls of a model, "" when there were none.
func modelWork(s ragner.Stats) string {
	if s.Calls+s.CacheHits == 0 {
		return ""
	}
	more := ""
	if s.AskedAgain > 0 {
		more += fmt.Sprintf("; %d asked again alone", s.AskedAgain)
	}
	if s.Unanswered > 0 {
		more += fmt.Sprintf("; %d without a usable answer, where the learned tagger decided alone", s.Unanswered)
	}
	return fmt.Sprintf("; %s (%d prompt and %d output tokens%s) about %d of %s, %d answers from the cache; %d mentions not found in their sentence%s",
		plural(s.Calls, "call"), s.PromptTokens, s.OutputTokens, keptTokens(s.CachedTokens), s.Asked, plural(s.Sentences, "sentence"), s.CacheHits, s.Unaligned, more)
}

// keptTokens tells how many prompt tokens the server had read before, "" where none.
func keptTokens(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; about %d of the prompts were kept by the server", n)
}
