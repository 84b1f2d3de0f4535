package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/embed"
)

// The collections' names, which begin their files' names.
const (
	sentencesName = "sentences"
	passagesName  = "passages"
	namesName     = "names"
)

// Build makes a generation of the index in dir from in and puts it in use. When it fails or ctx is cancelled,
// whatever was in use before still is. It streams documents; in memory it keeps the annotations of the distinct
// sentences, and their surfaces for the lexicon. The same input gives the same bytes, whatever the number of workers, in all files but those of the words, which find the same.
func Build(ctx context.Context, dir string, in Input, o Options) (report Report, err error) {
	start := time.Now()
	if err := o.Validate(); err != nil {
		return Report{}, fmt.Errorf("build the index: %w", err)
	}
	o = o.withDefaults()
	s, err := openStore(dir)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	b := &builder{in: in, options: o, labels: newLabelTable()}
	if err := b.openPrevious(dir); err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.openCache(dir); err != nil {
		return Report{}, err
	}
	if b.manifest.Generation, b.path, err = s.begin(); err != nil {
		return Report{}, err
	}
	defer func() { _ = os.RemoveAll(b.path) }() // does nothing once the generation is published
	digest, err := b.run(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("build the index: %w", err)
	}
	if err := s.publish(b.manifest.Generation, b.path, digest); err != nil {
		return Report{}, fmt.Errorf("publish the index: %w", err)
	}
	report = Report{
		Generation: b.manifest.Generation, Counts: b.manifest.Counts, Warnings: b.manifest.Warnings,
		Failed: b.failed, Replaced: b.replaced, Unlearned: b.unlearned, Duration: time.Since(start),
	}
	if b.cache != nil {
		report.Recalled = b.cache.Hits()
	}
	if err := b.dropCache(dir); err != nil {
		return report, fmt.Errorf("the index is in use; remove the cache of its vectors: %w", err)
	}
	if err := s.prune(b.manifest.Generation); err != nil {
		return report, fmt.Errorf("the index is in use; remove an older generation: %w", err)
	}
	return report, nil
}

// builder makes one generation in a folder aside.
type builder struct {
	in       Input
	options  Options
	path     string
	previous *Index // that is added to, or nil
	manifest Manifest
	labels   *labelTable
	failed   []error
	replaced []string

	unlearned string // why no tagger was learned, though one was asked for

	gatherers [2]*gatherer // by kind
	cache     *embed.Cache // of the embedder's vectors; nil: none
}

func (b *builder) openPrevious(dir string) (err error) {
	if !b.options.Add {
		return nil
	}
	b.previous, err = Open(dir, OpenOptions{Embedder: b.options.Embedder, Verify: true})
	if err != nil {
		return fmt.Errorf("add to the index: %w", err)
	}
	if id := b.previous.manifest.Embedder.ID; id != "" && b.options.Embedder == nil {
		return errors.Join(fmt.Errorf("add to the index: %w: it has vectors of the embedder %q, none is given", ErrMismatch, id), b.close())
	}
	return nil
}

func (b *builder) close() (err error) {
	err = b.closeCache()
	for _, g := range b.gatherers {
		if g != nil {
			err = errors.Join(err, g.close())
		}
	}
	if b.previous != nil {
		err = errors.Join(err, b.previous.Close())
		b.previous = nil
	}
	return err
}

// run writes all files and returns the manifest's digest.
func (b *builder) run(ctx context.Context) (digest string, err error) {
	m := &b.manifest
	m.Format, m.Analyzer = FormatVersion, lexical.AnalyzerName
	m.Version, m.Created = b.options.Version, b.options.Created
	if m.Embedder, err = b.options.embedder(ctx); err != nil {
		return "", err
	}
	texts, err := b.gatherTexts(ctx)
	if err != nil {
		return "", err
	}
	names, err := b.writeTerms()
	if err != nil {
		return "", err
	}
	collections := []pending{
		{sentencesName, decodeText, texts[0].previous},
		{passagesName, decodeText, texts[1].previous},
		{namesName, nameText, names},
	}
	if err := b.writeWords(ctx, collections); err != nil {
		return "", err
	}
	if err := b.writeVectors(ctx, collections); err != nil {
		return "", err
	}
	m.Labels = b.labels.counts
	if err := b.writeLexicon(ctx); err != nil {
		return "", err
	}
	if err := b.learn(ctx); err != nil {
		return "", err
	}
	m.Warnings = warnings(*m)
	if m.Files, err = describeFiles(ctx, b.path, b.options.Workers); err != nil {
		return "", err
	}
	if digest, err = writeManifest(b.path, *m); err != nil {
		return "", err
	}
	b.options.Progress("check", 0, 1)
	if err := checkGeneration(ctx, b.path, digest); err != nil {
		return "", err
	}
	b.options.Progress("check", 1, 1)
	return digest, ctx.Err()
}

// writeLexicon shows every sentence and term to the lexicon's builder.
func (b *builder) writeLexicon(ctx context.Context) (err error) {
	x := &Index{path: b.path, manifest: b.manifest, labels: b.labels.names}
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := x.openFiles(); err != nil {
		return err
	}
	if err := b.writeForward(ctx, x); err != nil {
		return err
	}
	names := lexicon.NewBuilder()
	for i := range x.terms.Len() {
		names.AddTerm(x.Term(i))
	}
	b.manifest.Counts.UnmatchedNames = names.Unmatched
	sentences := lexicon.Sentences{Len: x.sentences.Len(), At: func(i int) corpora.Annotated { return x.Sentence(i).Annotated }}
	progress := func(done int) { b.options.Progress("lexicon", done, lexicon.Walks*sentences.Len) }
	return errors.Join(names.Write(ctx, b.path, sentences, b.options.Workers, progress), x.Err())
}

func (b *builder) file(name string) string { return filepath.Join(b.path, name) }
