package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/spool"
)

// aside are the documents of a path, kept on disk, so that any number of them can be scored.
type aside struct {
	docs    *spool.Spool
	sources []ablation.Source // its files, with the hash of what was read
	failed  int               // documents that could not be read
}

// readAside reads all documents of a path. Close what it gives.
func readAside(ctx context.Context, w io.Writer, path string, c config.Input) (*aside, error) {
	a := &aside{}
	if err := a.read(ctx, w, path, c, func(doc corpora.Document) error { return a.docs.Add(doc) }); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// read gives add each document, which may put it into docs.
func (a *aside) read(ctx context.Context, w io.Writer, path string, c config.Input, add func(corpora.Document) error) error {
	list, err := documentSpecs([]string{path}, "", c)
	if err != nil {
		return err
	}
	in := &input{err: w, specs: list}
	opened, err := in.open()
	if err != nil {
		return err
	}
	defer closeAll(opened)
	if a.docs, err = spool.New(); err != nil {
		return err
	}
	none := true
	for doc, err := range in.documents(opened) {
		if isBadDocument(err) {
			continue
		}
		if err = cmp.Or(err, ctx.Err()); err == nil {
			none, err = false, add(doc)
		}
		if err != nil {
			return err
		}
	}
	if none {
		return fmt.Errorf("read %s: no documents", list[0].Path)
	}
	for _, src := range opened {
		a.sources = append(a.sources, ablation.Source{Path: src.spec.String(), SHA256: src.SHA256()})
	}
	a.failed = in.failed
	return nil
}

func (a *aside) close() {
	if a.docs != nil {
		release(a.docs)
	}
}

// until are documents that can be read until ctx ends.
type until struct {
	ctx context.Context
	score.Documents
}

// All ends with the error of ctx.
func (u until) All() iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for doc, err := range u.Documents.All() {
			err = cmp.Or(err, u.ctx.Err())
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}
