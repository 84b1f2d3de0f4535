// Package sample holds the corpus and ontology of the demo inside the program: the NCBI disease corpus (public
// domain) and the Disease Ontology reduced to names (CC0); data/NOTICE.txt says where they come from.
//
// The corpus has four classes of disease mentions. Here all are labelled "Disease", and mentions that become
// equal are one: that is the corpus as its CoNLL form has it, on which figures are usually given.
//
// It is for showing and testing ragner, not for measuring it: the held-out part is a fifth of the test set.
package sample

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/ontology"
	"github.com/ragner/ragner/corpora/pubtator"
)

// Label is the label of every entity and term of the sample.
const Label = "Disease"

// The files as WriteTo writes them.
const (
	TrainFile    = "train.pubtator"
	HeldOutFile  = "heldout.pubtator"
	UnseenFile   = "unseen.txt"
	OntologyFile = "disease-ontology.obo"
	NoticeFile   = "NOTICE.txt"
)

//go:embed data
var data embed.FS

// Train yields the 593 documents of the training part. Like every reader it may yield errors, but the files are
// part of the program and tested.
func Train() iter.Seq2[corpora.Document, error] { return documents(TrainFile) }

// HeldOut yields 40 annotated documents that are not in Train.
func HeldOut() iter.Seq2[corpora.Document, error] { return documents(HeldOutFile) }

// Unseen gives sentences without annotations, from documents in neither Train nor HeldOut.
func Unseen() []string {
	text, err := content(UnseenFile)
	if err != nil {
		panic(err) // the file is part of the program; a test reads it
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// Ontology gives the terms of the Disease Ontology, with the label Label.
func Ontology() ([]corpora.Term, error) {
	text, err := content(OntologyFile)
	if err != nil {
		return nil, err
	}
	spec := corpora.Spec{Path: OntologyFile, Options: map[string]string{"label": Label}}
	terms, _, err := ontology.Parse(bytes.NewReader(text), spec)
	return terms, err
}

// WriteTo writes the files, uncompressed and with their notice, into dir, which it creates where needed. Files of
// the same names are replaced.
func WriteTo(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	for _, name := range []string{TrainFile, HeldOutFile, UnseenFile, OntologyFile, NoticeFile} {
		text, err := content(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("write the sample: %w", err)
		}
	}
	return nil
}

func documents(name string) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		text, err := content(name)
		if err != nil {
			yield(corpora.Document{}, err)
			return
		}
		src := corpora.Source{Name: name, Base: strings.TrimSuffix(name, ".pubtator"), R: bytes.NewReader(text)}
		for doc, err := range pubtator.Read(src) {
			doc.Entities = corpora.Relabel(doc.Entities, Label)
			if !yield(doc, err) {
				return
			}
		}
	}
}

// content is an embedded file, decompressed.
func content(name string) ([]byte, error) {
	if name == NoticeFile {
		return data.ReadFile("data/" + name)
	}
	packed, err := data.Open("data/" + name + ".gz")
	if err != nil {
		return nil, err
	}
	defer func() { _ = packed.Close() }()
	r, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("read the sample's %s: %w", name, err)
	}
	return io.ReadAll(r)
}
