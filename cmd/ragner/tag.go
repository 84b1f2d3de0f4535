package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/tag"
)

// tagArgs are the flags of ragner tag that are no settings.
type tagArgs struct {
	out, from, scheme string
	resume            bool
}

func newTag(s streams) *cobra.Command {
	var a tagArgs
	cmd := &cobra.Command{
		Use:   "tag -i DIR [FILE|DIR|-]…",
		Short: "Find the entities of documents",
		Long: `Find the entities of documents.

Every format that ragner reads can be tagged; annotations in it are ignored, the sentences and tokens of
CoNLL are kept. Nothing or - reads standard input. With a model named (--model, model.name, RAGNER_MODEL_NAME)
the tagger is llm, else neighbours, which needs no model.
Output formats: ` + formatList() + `.`,
		Example: `  ragner tag -i idx notes/ -o tagged.jsonl
  ragner tag -i idx --model qwen2.5:7b report.txt -f html -o report.html
  echo "She has cystic fibrosis." | ragner tag -i idx -f text`,
		RunE: func(cmd *cobra.Command, args []string) error { return tagFiles(cmd, s, a, args) },
	}
	addTagFlags(cmd.Flags())
	f := cmd.Flags()
	config.AddFlags(f, "output.format")
	f.StringVarP(&a.out, "out", "o", "-", "file or folder to write")
	f.StringVar(&a.from, "from", "", "format of the input, where it does not show")
	f.StringVar(&a.scheme, "scheme", "iob2", "tag scheme of CoNLL output: iob1, iob2, iobes or bilou")
	f.BoolVar(&a.resume, "resume", false, "go on where an interrupted run with the same -o stopped")
	return cmd
}

func tagFiles(cmd *cobra.Command, s streams, a tagArgs, args []string) error {
	if a.resume && a.out == "-" {
		return usagef("--resume needs -o FILE: standard output keeps nothing")
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	list, err := specs(args, a.from)
	if err != nil {
		return err
	}
	e, c, err := openEngine(cmd, s)
	if err != nil {
		return err
	}
	defer e.Close()
	format, err := outputFormat(a.out, c.Output.Format, "jsonl")
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "ragner: tagger %s\n", e.Tagger())
	job := &tagJob{streams: s, args: a, engine: e, config: c, format: format, input: input{err: s.err, specs: list, stdin: s.in}}
	return job.run(cmd.Context())
}

// tagJob is one run over all documents.
type tagJob struct {
	streams
	args    tagArgs
	engine  *ragner.Engine
	config  config.Config
	format  corpora.Format
	input   input
	journal *journal // nil when writing to standard output
	stats   ragner.Stats
	failed  int
	done    int
}

func (j *tagJob) run(ctx context.Context) (err error) {
	opened, err := j.input.open()
	if err != nil {
		return err
	}
	defer closeAll(opened)
	if j.args.out != "-" {
		if j.journal, err = openJournal(j.args.out, j.fingerprint(), j.args.resume); err != nil {
			return err
		}
		defer j.journal.close()
	}
	w, err := create(j.streams, j.args.out, j.format, corpora.WriteOptions{Scheme: j.args.scheme, Colour: coloured(j.out)})
	if err != nil {
		return err
	}
	if err := j.write(ctx, opened, w); err != nil {
		abort(w)
		return j.keep(err)
	}
	if err := w.Close(); err != nil {
		return j.keep(err)
	}
	reportLoss(j.streams.err, j.format.Name, w.Lost())
	if j.journal != nil {
		if err := j.journal.remove(); err != nil {
			return err
		}
	}
	return partial(j.failed)
}

// keep tells how to go on after an interruption.
func (j *tagJob) keep(err error) error {
	if j.journal != nil && j.done > 0 {
		fmt.Fprintf(j.streams.err, "ragner: %d finished documents are kept; go on with the same command and --resume\n", j.done)
	}
	return err
}

// fingerprint is what must be equal for a run to go on where another stopped.
func (j *tagJob) fingerprint() string {
	m := j.engine.Index().Manifest()
	return fmt.Sprintf("%s %s generation %d of %s %v", programVersion(), j.engine.Tagger(), m.Generation, m.Created, j.config)
}

func (j *tagJob) write(ctx context.Context, opened []*corpora.Opened, w corpora.Writer) error {
	bar := newProgress(j.streams.err)
	defer bar.Finish()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for r := range tag.Batch(ctx, j.input.documents(opened), j.workers(), j.tag) {
		if err := j.finish(r, w); err != nil {
			return err
		}
		j.done++
		bar.Show("tagging", j.done, 0)
	}
	return ctx.Err()
}

// workers is how many documents are tagged at once.
func (j *tagJob) workers() int {
	if j.config.TaggerName() == "llm" {
		return j.config.Model.Concurrency
	}
	return runtime.GOMAXPROCS(0)
}

// tag finds a document in the journal or tags it.
func (j *tagJob) tag(ctx context.Context, doc corpora.Document) tag.Result {
	if j.journal != nil {
		if found, ok := j.journal.find(doc); ok {
			return tag.Result{Document: found}
		}
	}
	tagged, stats, err := j.engine.Tag(ctx, doc)
	return tag.Result{Document: tagged, Stats: stats, Err: err}
}

// finish writes one result; a failed document carries its error. An error after which nothing can succeed ends the
// run.
func (j *tagJob) finish(r tag.Result, w corpora.Writer) error {
	j.stats = j.stats.Add(r.Stats)
	if r.Err != nil {
		if errors.Is(r.Err, context.Canceled) || hopeless(r.Err) || !isBadDocument(r.Err) && r.Document.ID == "" && r.Document.Text == "" {
			return r.Err
		}
		if !isBadDocument(r.Err) {
			fmt.Fprintf(j.streams.err, "ragner: document %s: %v\n", r.Document.ID, r.Err)
		}
		j.failed++
		r.Document.Entities = nil
		r.Document.Err = &corpora.Failure{Code: failureCode(r.Err), Message: r.Err.Error()}
	} else if j.journal != nil {
		if err := j.journal.add(r.Document); err != nil {
			return err
		}
	}
	if r.Document.Err != nil && !slices.Contains(showsFailures, j.format.Name) {
		if j.format.Name != "conll" || r.Document.Text == "" {
			return nil // named on standard error; the format cannot say that a document failed
		}
		r.Document.Err = nil // keeps the output in line with the input
	}
	return w.Write(r.Document)
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
		return strings.ReplaceAll(fmt.Sprint(model.Kind), " ", "_")
	case isBadDocument(err):
		return "bad_document"
	case errors.Is(err, ragner.ErrTooLong):
		return "too_long"
	}
	return "failed"
}
