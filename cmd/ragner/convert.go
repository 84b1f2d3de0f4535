package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
)

func newConvert(s streams) *cobra.Command {
	var from, to, scheme string
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Convert annotated files from one format to another",
		Long: `Convert annotated files from one format to another.

IN is a file, a folder or - for standard input, with options such as
train.tsv,format=conll,label=Disease. OUT is a file, a folder (brat) or -.
Formats: ` + formatList() + `.
What the target format cannot hold is counted and named on standard error.`,
		Example: "  ragner convert train.PubTator train.jsonl\n  ragner convert brat/ train.conll --to conll",
		Args:    exactArgs("IN", "OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return convert(s, args[0], args[1], from, to, corpora.WriteOptions{Scheme: scheme, Colour: coloured(s.out)})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "format of IN, where it does not show")
	cmd.Flags().StringVar(&to, "to", "", "format of OUT, where its name does not tell")
	cmd.Flags().StringVar(&scheme, "scheme", "iob2", "tag scheme of CoNLL output: iob1, iob2, iobes or bilou")
	return cmd
}

func formatList() string {
	var names []string
	for _, f := range corpora.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func convert(s streams, in, out, from, to string, o corpora.WriteOptions) error {
	list, err := specs([]string{in}, from)
	if err != nil {
		return err
	}
	format, err := outputFormat(out, to, "jsonl")
	if err != nil {
		return err
	}
	source := &input{err: s.err, specs: list}
	opened, err := source.open()
	if err != nil {
		return err
	}
	defer closeAll(opened)
	w, err := create(s, out, format, o)
	if err != nil {
		return err
	}
	for doc, err := range source.documents(opened) {
		if isBadDocument(err) {
			continue
		}
		if err == nil {
			err = w.Write(doc)
		}
		if err != nil {
			abort(w)
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	reportLoss(s.err, format.Name, w.Lost())
	return partial(source.failed)
}

// outputFormat is the named format, or that of the file's extension, or the fallback for standard output.
func outputFormat(path, name, fallback string) (corpora.Format, error) {
	if name == "" && path == "-" {
		name = fallback
	}
	if name != "" {
		f, ok := corpora.FormatByName(name)
		if !ok || f.NewWriter == nil && f.NewDirWriter == nil {
			return corpora.Format{}, usagef("cannot write the format %q (known: %s)", name, formatList())
		}
		return f, nil
	}
	ext := strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz")))
	for _, f := range corpora.Formats() {
		if writable := f.NewWriter != nil || f.NewDirWriter != nil; writable && ext != "" && slices.Contains(f.Extensions, ext) {
			return f, nil
		}
	}
	return corpora.Format{}, usagef("the name of %s does not tell its format: name it (known: %s)", path, formatList())
}

// create opens a writer for a path, or for the command's own standard output.
func create(s streams, path string, f corpora.Format, o corpora.WriteOptions) (corpora.Writer, error) {
	if path != "-" || s.out == io.Writer(os.Stdout) {
		return corpora.Create(path, f, o)
	}
	if f.NewWriter == nil {
		return nil, usagef("the format %s writes a folder: name one", f.Name)
	}
	return f.NewWriter(s.out, o), nil
}

// abort drops what was written so far, where the writer can.
func abort(w corpora.Writer) {
	if a, ok := w.(interface{ Abort() error }); ok {
		_ = a.Abort()
	}
}

func reportLoss(w io.Writer, format string, lost corpora.Loss) {
	if len(lost) > 0 {
		fmt.Fprintf(w, "ragner: %s cannot hold: %s\n", format, lost)
	}
}
