package index

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/ordered"
	"github.com/ragner/ragner/index/records"
)

// gatherTexts reads all documents and writes the records of sentences and passages.
func (b *builder) gatherTexts(ctx context.Context) (out [2]gatheredTexts, err error) {
	kinds := [2]struct {
		name, kind string
		corpora    []Corpus
	}{{sentencesName, KindCorpus, b.in.Corpora}, {passagesName, KindPassages, b.in.Passages}}
	if b.previous != nil {
		b.manifest.Sources = append(b.manifest.Sources, b.previous.manifest.Sources...)
		b.manifest.Counts.MergedSentences = b.previous.manifest.Counts.MergedSentences
	}
	read := 0
	for kind, k := range kinds {
		g, err := newGatherer(b.path, k.name, b.labels)
		if err != nil {
			return out, err
		}
		b.gatherers[kind] = g
		if err := b.recall(ctx, g, kind); err != nil {
			return out, err
		}
		for _, c := range k.corpora {
			if err := b.readCorpus(ctx, g, c, k.kind, &read); err != nil {
				return out, err
			}
		}
	}
	b.options.Progress("read", read, read)
	for kind, g := range b.gatherers {
		if out[kind], err = g.finish(b.path); err != nil {
			return out, err
		}
	}
	b.countTexts(out)
	return out, nil
}

// recall gives a gatherer what the previous generation holds.
func (b *builder) recall(ctx context.Context, g *gatherer, kind int) error {
	x := b.previous
	if x == nil {
		return nil
	}
	for _, label := range x.labels {
		b.labels.number(label)
	}
	for i := range x.documents[kind].rows.Len() {
		doc := x.document(kind, i)
		g.before[doc.id] = append(g.before[doc.id], i)
		g.docs = append(g.docs, gatheredDocument{id: doc.id, source: doc.source})
	}
	for i := range x.texts(kind).Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := x.recallRow(g, kind, i); err != nil {
			return corrupt(x.path, x.texts(kind).file("records"), err)
		}
	}
	return x.Err()
}

func (x *Index) recallRow(g *gatherer, kind, i int) error {
	text, rest, err := skipText(x.texts(kind).row(i))
	if err != nil {
		return err
	}
	row, err := g.row(keyOf(x.texts(kind).Text(i)), text, i)
	if err != nil {
		return err
	}
	d := records.NewDecoder(rest)
	for range d.Count() {
		entities := decodeEntities(d, maxNumber, x.labels)
		list := decodeOccurrences(d, x.documents[kind].rows.Len())
		if d.Err() != nil {
			break
		}
		var e records.Encoder
		encodeEntities(&e, entities, g.labels.number)
		g.vote(row, string(e.Buf), len(entities), list...)
	}
	return d.Close()
}

// readDocument is a document made ready by a worker, or why it could not be.
type readDocument struct {
	id        string
	sentences []prepared
	merged    int
	failed    error
}

// readCorpus streams one source into the gatherer.
func (b *builder) readCorpus(ctx context.Context, g *gatherer, c Corpus, kind string, read *int) error {
	number := len(b.manifest.Sources)
	b.manifest.Sources = append(b.manifest.Sources, Source{Kind: kind, Spec: c.Spec.String()})
	var fatal error
	documents := readable(c.Documents, &fatal)
	work := func(_ context.Context, d streamed) (readDocument, error) {
		return prepareDocument(d, kind == KindPassages), nil
	}
	take := func(d readDocument) error {
		if *read++; *read%256 == 0 {
			b.options.Progress("read", *read, 0)
		}
		if d.failed != nil {
			b.failed = append(b.failed, d.failed)
			b.manifest.Sources[number].Failed++
			return nil
		}
		b.manifest.Counts.MergedSentences += d.merged
		doc, replaced := g.begin(d.id, number)
		if replaced {
			b.replaced = append(b.replaced, d.id)
		}
		for _, s := range d.sentences {
			if err := g.add(doc, s); err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(ordered.Map(ctx, b.options.Workers, documents, work, take), fatal); err != nil {
		return err
	}
	if c.SHA256 != nil {
		b.manifest.Sources[number].SHA256 = c.SHA256()
	}
	return nil
}

type streamed struct {
	doc corpora.Document
	err error
}

// readable passes documents and the errors of single ones on, and stops at any other error, kept in fatal.
func readable(documents iter.Seq2[corpora.Document, error], fatal *error) iter.Seq[streamed] {
	return func(yield func(streamed) bool) {
		for doc, err := range documents {
			var bad *corpora.BadDocument
			if err != nil && !errors.As(err, &bad) {
				*fatal = err
				return
			}
			if !yield(streamed{doc, err}) {
				return
			}
		}
	}
}

func prepareDocument(d streamed, passages bool) readDocument {
	doc, out := d.doc, readDocument{id: d.doc.ID, failed: d.err}
	switch {
	case out.failed != nil:
		return out
	case doc.Err != nil:
		out.failed = fmt.Errorf("document %s: %s", doc.ID, doc.Err.Message)
		return out
	case passages:
		doc.Entities = nil
	}
	if err := corpora.Validate(doc); err != nil {
		out.failed = err
		return out
	}
	var sentences []corpora.Annotated
	sentences, out.merged = corpora.Annotate(doc)
	for _, s := range sentences {
		if !blank(s.Text) {
			out.sentences = append(out.sentences, prepare(s))
		}
	}
	return out
}

func blank(text string) bool {
	for _, r := range text {
		if !corpora.IsSpace(r) {
			return false
		}
	}
	return true
}

// countTexts fills in the manifest's counts of documents, sentences and entities.
func (b *builder) countTexts(out [2]gatheredTexts) {
	c := &b.manifest.Counts
	c.Documents, c.PassageDocuments = len(out[0].documents), len(out[1].documents)
	c.Sentences, c.Passages = out[0].sentences, out[1].sentences
	c.DistinctSentences, c.DistinctPassages = len(out[0].previous), len(out[1].previous)
	c.Entities, c.Conflicts = out[0].entities, out[0].conflicts
	c.RepeatedIDs = out[0].repeated + out[1].repeated
	for i := range b.manifest.Sources {
		b.manifest.Sources[i].Documents, b.manifest.Sources[i].Sentences = 0, 0
	}
	for _, texts := range out {
		for _, doc := range texts.documents {
			source := &b.manifest.Sources[doc.source]
			source.Documents++
			source.Sentences += len(doc.rows)
		}
	}
}
