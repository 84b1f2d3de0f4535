package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/config"
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
CoNLL are kept. Nothing or - reads standard input. The tagger is the one that the index has learned, else neighbours;
neither needs a model. With a model named (--model, model.name, RAGNER_MODEL_NAME) it is a cascade of the learned
tagger and the model, which is asked about the sentences most in doubt (--budget); else llm, which asks about all.
A document or file that fails is named and does not stop the others; the exit code is 3 then.
A switch that is on by default is turned off with =false, as in --coverage=false.
Output formats: ` + formatList(true) + `.`,
		Example: `  ragner tag -i idx notes/ -o tagged.jsonl
  ragner tag -i idx --model qwen2.5:7b report.txt -f html -o report.html
  echo "She has cystic fibrosis." | ragner tag -i idx -f text`,
		RunE: func(cmd *cobra.Command, args []string) error { return tagFiles(cmd, s, a, args) },
	}
	addTagFlags(cmd)
	f := cmd.Flags()
	addSettings(cmd, "output.format")
	f.StringVarP(&a.out, "out", "o", "-", "`PATH` of the file or folder to write")
	f.StringVar(&a.from, "from", "", "`FORMAT` of the input, where it does not show")
	addScheme(cmd, &a.scheme)
	f.BoolVar(&a.resume, "resume", false, "go on where an interrupted run with the same -o stopped")
	return cmd
}

func tagFiles(cmd *cobra.Command, s streams, a tagArgs, args []string) error {
	args = orStandardInput(args)
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	list, err := textSpecs(args, a.from, c.Input)
	if err != nil {
		return err
	}
	format, err := checkTagArgs(a, c)
	if err != nil {
		return err
	}
	e, err := openTagger(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	fmt.Fprintf(s.err, "ragner: tagger %s\n", e.Tagger())
	if a.out == "-" && slices.Contains(args, "-") {
		awaitTyping(cmd.Context(), s)
	}
	job := &tagJob{streams: s, args: a, engine: e, config: e.Options(), format: format, input: input{err: s.err, specs: list, goOn: true}}
	started := time.Now()
	err = job.run(cmd.Context())
	job.say(time.Since(started), err)
	return err
}

// checkTagArgs finds wrong usage before anything is opened.
func checkTagArgs(a tagArgs, c config.Config) (corpora.Format, error) {
	format, err := outputFormat(a.out, c.Output.Format)
	if err == nil && a.resume && !keepsData(a.out) {
		err = usagef("--resume needs -o FILE: standard output keeps nothing")
	}
	if err == nil {
		err = checkScheme(a.scheme)
	}
	return format, err
}
