package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all" // registers the formats
)

// noArgs refuses arguments, with the exit code of wrong usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// exactArgs wants so many arguments, named for the message.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s wants %d arguments (%v), but got %d", cmd.CommandPath(), len(names), names, len(args))
		}
		return nil
	}
}

// writeJSON prints v, indented, with a final newline.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// specs parses paths with their options; from is the format that holds where none is named.
func specs(paths []string, from string) ([]corpora.Spec, error) {
	list := make([]corpora.Spec, 0, len(paths))
	for _, path := range paths {
		spec, err := corpora.ParseSpec(path)
		if err != nil {
			return nil, usageError{err}
		}
		if from != "" && spec.Get("format", "") == "" {
			spec.Options["format"] = from
		}
		list = append(list, spec)
	}
	return list, nil
}

// input reads documents of several paths and keeps count of what failed.
type input struct {
	err    io.Writer
	stdin  io.Reader // what - reads; nil: the process's standard input
	specs  []corpora.Spec
	failed int
}

// open finds the files of all paths before anything is read, and warns of those that are left out.
func (in *input) open() ([]*corpora.Opened, error) {
	var all []*corpora.Opened
	for _, spec := range in.specs {
		o, err := corpora.Open(spec)
		if err != nil {
			closeAll(all)
			return nil, err
		}
		for _, path := range o.Skipped {
			fmt.Fprintf(in.err, "ragner: skipped %s: no known format\n", path)
		}
		all = append(all, o)
	}
	return all, nil
}

func closeAll(opened []*corpora.Opened) {
	for _, o := range opened {
		_ = o.Close()
	}
}

// documents yields the documents of all opened paths. A document that cannot be read is named, counted and passed on
// as an error.
func (in *input) documents(opened []*corpora.Opened) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, o := range opened {
			for doc, err := range o.Documents() {
				if err != nil {
					in.note(err)
				}
				if !yield(doc, err) {
					return
				}
			}
		}
	}
}

// note names a document that failed.
func (in *input) note(err error) {
	in.failed++
	fmt.Fprintln(in.err, "ragner:", err)
}

// isBadDocument reports whether reading goes on after the error.
func isBadDocument(err error) bool {
	var bad *corpora.BadDocument
	return errors.As(err, &bad)
}
