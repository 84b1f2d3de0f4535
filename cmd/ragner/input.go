package main

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all" // registers the formats
	"github.com/ragner/ragner/internal/config"
)

// specs parses paths with their options; from is the format that holds where none is named.
func specs(paths []string, from string, c config.Input) ([]corpora.Spec, error) {
	list := make([]corpora.Spec, 0, len(paths))
	for _, path := range paths {
		spec, err := corpora.ParseSpec(path)
		if err != nil {
			return nil, usageError{err}
		}
		if from != "" && spec.Get("format", "") == "" {
			spec.Options["format"] = from
		}
		spec.Limits = corpora.Limits{DocumentMB: c.MaxDocumentMB, Depth: c.MaxDepth, Ratio: c.MaxGzipRatio}
		list = append(list, spec)
	}
	return list, nil
}

// documentSpecs are specs whose formats are those of documents, not of ontologies.
func documentSpecs(paths []string, from string, c config.Input) ([]corpora.Spec, error) {
	list, err := specs(paths, from, c)
	for _, spec := range list {
		name := spec.Get("format", "")
		if _, known := corpora.FormatByName(name); name != "" && !known {
			return nil, usagef("%s: unknown format %q (known: %s)", spec.Path, name, formatList(false))
		}
	}
	return list, err
}

// textSpecs are specs of documents whose annotations are ignored.
func textSpecs(paths []string, from string, c config.Input) ([]corpora.Spec, error) {
	list, err := documentSpecs(paths, from, c)
	for _, spec := range list {
		spec.Options["annotations"] = corpora.IgnoreAnnotations
	}
	return list, err
}

// orStandardInput is standard input where no path is given.
func orStandardInput(paths []string) []string {
	if len(paths) == 0 {
		return []string{"-"}
	}
	return paths
}

// input reads documents of several paths and keeps count of what failed.
type input struct {
	err    io.Writer
	specs  []corpora.Spec
	goOn   bool // a path that cannot be read does not stop the others
	failed int
}

// source is a path that was opened, or why it could not be.
type source struct {
	*corpora.Opened
	spec corpora.Spec
	err  error
}

// paths are the path as given and the files found there.
func (s source) paths() []string {
	list := []string{s.spec.Path}
	if s.Opened != nil {
		for _, f := range s.Files {
			list = append(list, f.Path)
		}
	}
	return list
}

// open finds the files of all paths before anything is read, and warns of those that are left out.
func (in *input) open() ([]source, error) {
	var all []source
	var failed []error
	for _, spec := range in.specs {
		o, err := corpora.Open(spec)
		all = append(all, source{o, spec, err})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		for _, path := range o.Skipped {
			fmt.Fprintf(in.err, "ragner: skipped %s: no known format\n", path)
		}
	}
	if len(failed) > 0 && (!in.goOn || len(failed) == len(all)) {
		closeAll(all)
		return nil, errors.Join(failed...)
	}
	return all, nil
}

func closeAll(sources []source) {
	for _, s := range sources {
		if s.Opened != nil {
			_ = s.Close()
		}
	}
}

// documents yields the documents of all sources. What cannot be read is named, counted and passed on as an error;
// the document beside it has an id.
func (in *input) documents(sources []source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		defer func() {
			if bug := recover(); bug != nil {
				yield(corpora.Document{}, panicked(bug))
			}
		}()
		for _, s := range sources {
			if s.err != nil {
				if !yield(in.note(s, corpora.Document{}, s.err)) {
					return
				}
				continue
			}
			for doc, err := range s.Documents() {
				if err != nil {
					doc, err = in.note(s, doc, err)
				}
				if !yield(doc, err) {
					return
				}
			}
		}
	}
}

// note names what failed and makes it one failure among others where reading goes on.
func (in *input) note(s source, doc corpora.Document, err error) (corpora.Document, error) {
	if !isBadDocument(err) && (!in.goOn || len(in.specs) == 1) {
		return doc, err
	}
	in.failed++
	fmt.Fprintln(in.err, "ragner:", err)
	var bad *corpora.BadDocument
	switch {
	case doc.ID != "":
	case errors.As(err, &bad) && bad.ID != "":
		doc.ID = bad.ID
	case bad != nil && bad.Line > 0:
		doc.ID = fmt.Sprintf("%s:%d", bad.Path, bad.Line)
	default:
		doc.ID = s.spec.Path
	}
	return doc, badInput{err}
}

// badInput is the error of a document or a whole path after which reading goes on; it has been named.
type badInput struct{ error }

func (b badInput) Unwrap() error { return b.error }

// isBadDocument reports whether reading goes on after the error.
func isBadDocument(err error) bool {
	var bad *corpora.BadDocument
	var path badInput
	return errors.As(err, &bad) || errors.As(err, &path)
}

// distinct tells documents of one source apart that have the same id, and says so at its end. One that also has the
// same text is the same document again and keeps its id, so that leaving a document out leaves out its copies.
func distinct(w io.Writer, path string, docs iter.Seq2[corpora.Document, error]) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		var ids corpora.UniqueIDs
		names := map[string]string{} // by id and text
		var copies, renamed []string
		defer func() { sayRepeated(w, path, copies, renamed) }()
		for doc, err := range docs {
			if err == nil {
				key := documentKey(doc)
				if name, copied := names[key]; copied {
					copies = append(copies, name)
					doc.ID = name
				} else if name, again := ids.Name(doc.ID); again {
					renamed = append(renamed, name)
					doc.ID, names[key] = name, name
				} else {
					names[key] = name
				}
			}
			if !yield(doc, err) {
				return
			}
		}
	}
}

func sayRepeated(w io.Writer, path string, copies, renamed []string) {
	if len(copies) > 0 {
		fmt.Fprintf(w, "ragner: %s: %s with the id and text of an earlier one: %s\n", path, plural(len(copies), "document"), someOf(copies, 5))
	}
	if len(renamed) > 0 {
		fmt.Fprintf(w, "ragner: %s: ids repeat; %s kept as %s\n", path, plural(len(renamed), "document"), someOf(renamed, 5))
	}
}
