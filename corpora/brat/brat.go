// Package brat reads and writes brat's standoff format: a text file (.txt) with its annotations beside it
// (.ann). It takes text-bound annotations (T), discontinuous ones too, as entities and normalizations of them
// (N) as concepts. Relations, events, attributes and notes are not held by a corpora.Document: they are counted
// in its Meta under "left_out". Importing the package registers the format as "brat".
package brat

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

const (
	textExtension = ".txt"
	annExtension  = ".ann"
)

func init() {
	corpora.Register(corpora.Format{
		Name:         "brat",
		Extensions:   []string{annExtension},
		Detect:       detect,
		Read:         Read,
		NewDirWriter: NewDirWriter,
	})
}

var annotationLine = regexp.MustCompile(`^(?:[TREAMN]\d+|#\d*|\*)\t[^\t]+`)

// detect looks at the first line that is not blank. A .ann file may be empty: then there is nothing to tell.
func detect(name string, head []byte) bool {
	head = bytes.TrimLeft(head, " \r\n")
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if len(line) == 0 {
		return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), annExtension)
	}
	return annotationLine.Match(line)
}

// Read yields the one document of a pair. src may be either file; the other is its sibling. A .txt without an
// .ann is a document without entities; an .ann without a .txt is a *corpora.BadDocument. An annotation whose
// offsets lie outside the text, or whose surface differs from the text in more than white space and quoting, is
// left out and reported by a *corpora.BadDocument after the document.
func Read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		units, err := standoff.Units(src.Spec)
		if err != nil {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			return
		}
		text, annotations, err := pair(src)
		if err != nil {
			yield(corpora.Document{ID: src.Base}, &corpora.BadDocument{Path: src.Name, ID: src.Base, Err: err})
			return
		}
		p, err := parse(bufio.NewReader(strings.NewReader(annotations)), src.Spec.Get("label", ""))
		if err != nil {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			return
		}
		doc := corpora.Document{ID: src.Base, Text: text}
		p.note.apply(&doc)
		placed := standoff.Place(text, p.mentions, units)
		standoff.Annotate(&doc, placed, p.leftOut)
		standoff.Yield(src, doc, slices.Concat(p.problems, placed.Problems), yield)
	}
}

// pair reads both files.
func pair(src corpora.Source) (text, annotations string, err error) {
	own, err := whole(src.R, src)
	if err != nil {
		return "", "", err
	}
	if !strings.EqualFold(filepath.Ext(trimGzip(src.Name)), textExtension) {
		text, err = sibling(src, textExtension)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no %s%s with its text beside it", src.Base, textExtension)
		}
		return text, own, err
	}
	annotations, err = sibling(src, annExtension)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return own, annotations, err
}

func trimGzip(name string) string {
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		return name[:len(name)-len(".gz")]
	}
	return name
}

func sibling(src corpora.Source, extension string) (string, error) {
	if src.Sibling == nil {
		return "", fs.ErrNotExist
	}
	r, err := src.Sibling(extension)
	if err != nil {
		return "", err
	}
	content, err := whole(r, src)
	return content, errors.Join(err, r.Close())
}

func whole(r io.Reader, src corpora.Source) (string, error) {
	content, ok, err := bounded.All(r, src.Spec.Limits.Bytes())
	if err == nil && !ok {
		err = src.Spec.Limits.TooLarge("the text or its annotations")
	}
	return content, err
}
