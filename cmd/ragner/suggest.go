package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/suggest"
)

// suggestArgs are the flags of ragner suggest that are no settings.
type suggestArgs struct {
	out, from string
	n         int
	propose   bool
}

func newSuggest(s streams) *cobra.Command {
	var a suggestArgs
	cmd := &cobra.Command{
		Use:   "suggest -i DIR [FILE|DIR|-]… [-n 20]",
		Short: "Choose the sentences of unlabelled text whose annotation would teach the index most",
		Long: `Choose the sentences of unlabelled text whose annotation would teach the index most: those that its tagger is in
doubt about, that are like many others, and that do not repeat one another. Best first.

Each is written as a document of its own, to be annotated: a folder for brat (-f brat -o DIR), tasks for Doccano (-f doccano) or
Label Studio (-f labelstudio), or JSON lines. What the tagger would find stands there as a proposal; --propose=false leaves it
out. The metadata say which document and sentence it is, why it was chosen (score, doubt, density), and where its doubt
lies: stretches in code points, label, probability. When they are annotated, ragner index --add takes them back.
Sentences that stand in the index are left out. Annotations in the input are ignored.`,
		Example: `  ragner suggest -i idx notes/ -n 20 -f brat -o todo
  ragner suggest -i idx notes.txt -n 50 -f labelstudio -o tasks.json
  ragner index -o idx --add --corpus exported.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return suggestSentences(cmd, s, a, args) },
	}
	addSettings(cmd, "index", "suggest.measure", "suggest.length", "suggest.density", "suggest.again", "suggest.candidates", "input.", "output.format")
	f := cmd.Flags()
	f.IntVarP(&a.n, "number", "n", 20, "`N` sentences")
	f.StringVarP(&a.out, "out", "o", "-", "`PATH` of the file or folder to write")
	f.StringVar(&a.from, "from", "", "`FORMAT` of the input, where it does not show")
	f.BoolVar(&a.propose, "propose", true, "write what the tagger finds, to be corrected")
	return cmd
}

func suggestSentences(cmd *cobra.Command, s streams, a suggestArgs, args []string) error {
	args = orStandardInput(args)
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	list, err := textSpecs(args, a.from, c.Input)
	if err != nil {
		return err
	}
	format, err := outputFormat(a.out, c.Output.Format)
	switch {
	case err != nil:
		return err
	case a.n < 1:
		return usagef("-n wants 1 or more, but got %d", a.n)
	case c.Index == "":
		return usagef("%s wants -i DIR, the folder of an index", cmd.CommandPath())
	case format.Name == "html" || format.Name == "text":
		return usagef("the format %s is for readers; to annotate, use brat, doccano, labelstudio or jsonl", format.Name)
	}
	if a.out == "-" && slices.Contains(args, "-") {
		awaitTyping(cmd.Context(), s)
	}
	job := suggestJob{streams: s, args: a, config: c, format: format, input: input{err: s.err, specs: list, goOn: true}}
	return job.run(cmd.Context())
}

// suggestJob is one run over all documents.
type suggestJob struct {
	streams
	args   suggestArgs
	config config.Config
	format corpora.Format
	input  input
}

func (j *suggestJob) run(ctx context.Context) error {
	x, err := index.Open(j.config.Index, index.OpenOptions{})
	if err != nil {
		return noIndex(j.config.Index, err)
	}
	defer release(x)
	sources, err := j.input.open()
	if err != nil {
		return err
	}
	defer closeAll(sources)
	if err := refuseSame(j.args.out, sources); err != nil {
		return err
	}
	began := time.Now()
	report, err := j.choose(ctx, x, sources)
	if err != nil {
		return err
	}
	if err := j.write(report.Picks); err != nil {
		return err
	}
	j.say(report, time.Since(began))
	return partial(j.input.failed)
}

// choose reads all documents and chooses.
func (j *suggestJob) choose(ctx context.Context, x *index.Index, sources []source) (suggest.Report, error) {
	bar := newProgress(j.err)
	defer bar.Finish()
	settings := ablation.SuggestSettings(j.config)
	settings.N = j.args.n
	settings.Progress = func(done int) { bar.Show("judging", done, 0) }
	docs := distinct(j.err, strings.Join(paths(j.input.specs), ", "), j.input.documents(sources))
	var fatal error
	report, err := suggest.Run(ctx, x, func(yield func(corpora.Document, error) bool) {
		for doc, err := range docs {
			if err != nil && !isBadDocument(err) {
				fatal = err
				return
			}
			if !yield(doc, err) {
				return
			}
		}
	}, settings)
	if fatal != nil {
		return report, fatal
	}
	return report, err
}

func paths(list []corpora.Spec) (names []string) {
	for _, spec := range list {
		names = append(names, spec.Path)
	}
	return names
}

func (j *suggestJob) write(picks []suggest.Pick) error {
	w, err := create(j.streams, j.args.out, j.format, corpora.WriteOptions{Tasks: true})
	if err != nil {
		return err
	}
	for _, p := range picks {
		if err := w.Write(p.Task(j.args.propose)); err != nil {
			abort(w)
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if lost := w.Lost(); j.format.Name != "jsonl" {
		reportLoss(j.err, j.format.Name, lost)
	}
	return nil
}

// say sums up what was looked at, left out and chosen.
func (j *suggestJob) say(r suggest.Report, took time.Duration) {
	for _, warning := range r.Warnings {
		fmt.Fprintln(j.err, "ragner: warning:", warning)
	}
	var left []string
	for _, out := range []struct {
		n    int
		what string
	}{{r.Known, "that stand in the index"}, {r.Repeated, "repeated"}, {r.Wordless, "without a word"}} {
		if out.n > 0 {
			left = append(left, fmt.Sprintf("%d %s", out.n, out.what))
		}
	}
	text := fmt.Sprintf("ragner: %s of %s suggested, judged by %s in %.1f s", plural(len(r.Picks), "sentence"), fmt.Sprint(r.Sentences), r.Judge, took.Seconds())
	if len(left) > 0 {
		text += "; left out: " + strings.Join(left, ", ")
	}
	fmt.Fprintln(j.err, text)
	if len(r.Picks) < j.args.n {
		fmt.Fprintf(j.err, "ragner: warning: %d were asked for, but there are no more than %d\n", j.args.n, len(r.Picks))
	}
}
