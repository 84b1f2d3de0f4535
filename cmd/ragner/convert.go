package main

import (
	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/config"
)

// convertArgs are the arguments and flags of ragner convert.
type convertArgs struct {
	in, out, from, to, scheme string
	asJSON                    bool
}

func newConvert(s streams) *cobra.Command {
	var a convertArgs
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Convert annotated files from one format to another",
		Long: `Convert annotated files from one format to another.

IN is a file, a folder or - for standard input, with options such as
train.tsv,format=conll,label=Disease. OUT is a file, a folder (brat) or -.
Formats: ` + formatList(true) + `.
What the target format cannot hold is counted and named on standard error.`,
		Example: `  ragner convert train.PubTator train.jsonl
  ragner convert brat/ train.conll
  ragner convert notes.tsv,format=conll,columns=1:4 - --to jsonl`,
		Args: exactArgs("IN", "OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.in, a.out = args[0], args[1]
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			return convert(s, a, c.Input)
		},
	}
	cmd.Flags().StringVar(&a.from, "from", "", "`FORMAT` of IN, where it does not show")
	cmd.Flags().StringVar(&a.to, "to", "", "`FORMAT` of OUT, where its name does not tell")
	addScheme(cmd, &a.scheme)
	addSettings(cmd, "input.")
	cmd.Flags().BoolVar(&a.asJSON, "json", false, "print what was converted and lost as JSON")
	return cmd
}

// addScheme defines --scheme.
func addScheme(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "scheme", "iob2", "tag `SCHEME` of CoNLL output: iob1, iob2, iobes or bilou")
}

func checkScheme(scheme string) error {
	if _, err := corpora.EncodeTags(0, nil, scheme); err != nil {
		return usagef("--scheme %s: it must be iob1, iob2, iobes or bilou", scheme)
	}
	return nil
}

func convert(s streams, a convertArgs, c config.Input) error {
	list, err := documentSpecs([]string{a.in}, a.from, c)
	if err != nil {
		return err
	}
	format, err := outputFormat(a.out, a.to)
	if err != nil {
		return err
	}
	if err := checkScheme(a.scheme); err != nil {
		return err
	}
	if a.asJSON && a.out == "-" {
		return usagef("--json and the documents cannot both go to standard output: name a file for OUT")
	}
	in := &input{err: s.err, specs: list}
	sources, err := in.open()
	if err != nil {
		return err
	}
	defer closeAll(sources)
	if err := refuseSame(a.out, sources); err != nil {
		return err
	}
	w, err := create(s, a.out, format, corpora.WriteOptions{Scheme: a.scheme, Colour: a.out == "-" && coloured(s.out)})
	if err != nil {
		return err
	}
	done, err := copyDocuments(w, in, sources)
	if err != nil {
		abort(w)
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := sayConverted(s, a, format, done, in.failed, w.Lost()); err != nil {
		return err
	}
	return partial(in.failed)
}

func copyDocuments(w corpora.Writer, in *input, sources []source) (done int, err error) {
	for doc, err := range in.documents(sources) {
		if isBadDocument(err) {
			continue
		}
		if err == nil {
			err = w.Write(doc)
		}
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

func sayConverted(s streams, a convertArgs, f corpora.Format, done, failed int, lost corpora.Loss) error {
	reportLoss(s.err, f.Name, lost)
	if !a.asJSON {
		return nil
	}
	return writeJSON(s.out, struct {
		Format    string       `json:"format"`
		Documents int          `json:"documents"`
		Failed    int          `json:"failed"`
		Lost      corpora.Loss `json:"lost"`
	}{f.Name, done, failed, lost})
}
