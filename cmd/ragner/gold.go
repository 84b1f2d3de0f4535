package main

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
)

// goldSet are the documents to score against.
type goldSet struct {
	docs    []corpora.Document
	sources []ablation.Source
	failed  int // documents that could not be read
}

// readGold reads annotated documents. What would spoil every figure is an error: no mention at all, or one id for
// different documents. A copy of a document is told and left out.
func readGold(w io.Writer, path string, c config.Input) (goldSet, error) {
	docs, failed, sources, err := readSources(w, path, c)
	if err != nil {
		return goldSet{}, err
	}
	g := goldSet{sources: sources, failed: failed}
	if g.docs, err = distinctGold(w, path, docs); err != nil {
		return g, err
	}
	for _, d := range g.docs {
		if len(d.Entities) > 0 {
			return g, nil
		}
	}
	return g, fmt.Errorf("read %s: none of its %s has an annotation: there is nothing to score against", path, plural(len(g.docs), "document"))
}

func distinctGold(w io.Writer, path string, docs []corpora.Document) ([]corpora.Document, error) {
	first := map[string]corpora.Document{}
	var kept []corpora.Document
	var copies []string
	for _, d := range docs {
		before, again := first[d.ID]
		switch {
		case !again:
			first[d.ID] = d
			kept = append(kept, d)
		case before.Text == d.Text && reflect.DeepEqual(before.Entities, d.Entities):
			copies = append(copies, d.ID)
		case before.Text == d.Text:
			return nil, fmt.Errorf("read %s: two documents have the id %s and the same text, but other annotations", path, d.ID)
		default:
			return nil, fmt.Errorf("read %s: two documents have the id %s, but other texts", path, d.ID)
		}
	}
	if len(copies) > 0 {
		fmt.Fprintf(w, "ragner: %s: %s with the id, text and annotations of an earlier one, scored once: %s\n", path, plural(len(copies), "document"), someOf(copies, 5))
	}
	return kept, nil
}

// take is the first limit documents, and of these a sample; 0 is all.
func (g goldSet) take(limit, sample, seed int) []corpora.Document {
	docs := g.docs
	if limit > 0 && limit < len(docs) {
		docs = docs[:limit]
	}
	return ablation.Sample(docs, sample, uint64(seed))
}

// warnOfLabels says which labels of gold cannot be found, as the index does not have them.
func warnOfLabels(s streams, labels []string) {
	if len(labels) > 0 {
		fmt.Fprintf(s.err, "ragner: warning: gold has labels that the index never saw; none of their mentions can be found: %s\n", someOf(labels, 10))
	}
}

// readSources reads all documents of a path, and names its files with the hash of what was read.
func readSources(w io.Writer, path string, c config.Input) (docs []corpora.Document, failed int, sources []ablation.Source, err error) {
	list, err := documentSpecs([]string{path}, "", c)
	if err != nil {
		return nil, 0, nil, err
	}
	in := &input{err: w, specs: list}
	opened, err := in.open()
	if err != nil {
		return nil, 0, nil, err
	}
	for doc, err := range in.documents(opened) {
		switch {
		case err == nil:
			docs = append(docs, doc)
		case !isBadDocument(err):
			return nil, 0, nil, err
		}
	}
	if len(docs) == 0 {
		return nil, 0, nil, fmt.Errorf("read %s: no documents", list[0].Path)
	}
	for _, src := range opened {
		sources = append(sources, ablation.Source{Path: src.spec.String(), SHA256: src.SHA256()})
	}
	return docs, in.failed, sources, nil
}

// quoteArgs is a command line that a shell reads back as these arguments.
func quoteArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if quoted[i] = a; a == "" || strings.ContainsAny(a, " \t\n'\"\\$`*?[]{}()<>|&;#~!") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
