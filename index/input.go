package index

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/embed"
)

// Corpus is one source of documents. They are streamed once, in order.
type Corpus struct {
	Spec      corpora.Spec
	Documents iter.Seq2[corpora.Document, error] // an error that wraps *corpora.BadDocument concerns one document
	SHA256    func() string                      // of what was read, asked after the last document; may be nil
}

// Ontology is one source of terms.
type Ontology struct {
	Spec   corpora.Spec
	Terms  []corpora.Term
	SHA256 string // of what was read; may be ""
}

// Input is what an index is built from.
type Input struct {
	Corpora    []Corpus   // annotated documents
	Passages   []Corpus   // unlabelled text; annotations in it are ignored
	Ontologies []Ontology // what they say of terms with the same id is joined; the label given last counts
}

// Options are what a caller may choose about a build.
type Options struct {
	Embedder embed.Embedder // nil: no vectors
	// EmbedderID is how the user named the embedder ("static", "ollama:nomic-embed-text"), kept for reopening;
	// "" means Embedder.ID().
	EmbedderID string
	Workers    int       // 0: as many as processors
	Created    time.Time // stands in the manifest; zero: now
	Version    string    // of the program, for the manifest
	// Add keeps what the index holds; documents and terms that the input has again are replaced.
	Add bool
	// Progress is told of every stage; total is 0 when it is not known. Never called concurrently; may be nil.
	Progress func(stage string, done, total int)
}

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	if o.Workers < 0 {
		return errors.New("workers must not be negative")
	}
	if o.Embedder == nil && o.EmbedderID != "" && o.EmbedderID != "none" {
		return errors.New("an embedder is named but none is given")
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Created.IsZero() {
		o.Created = time.Now()
	}
	o.Created = o.Created.UTC().Truncate(time.Second)
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

// embedder describes the embedder for the manifest; one that does not know its dimensions yet embeds a word.
func (o Options) embedder(ctx context.Context) (EmbedderInfo, error) {
	if o.Embedder == nil {
		return EmbedderInfo{}, nil
	}
	info := EmbedderInfo{ID: o.Embedder.ID(), Name: o.EmbedderID, Dimensions: o.Embedder.Dimensions()}
	if info.ID == "" {
		return info, errors.New("the embedder has no id")
	}
	if info.Name == "" {
		info.Name = info.ID
	}
	if info.Dimensions > 0 {
		return info, nil
	}
	vectors, err := o.Embedder.Embed(ctx, []string{"word"})
	if err != nil {
		return info, err
	}
	if len(vectors) != 1 || len(vectors[0]) == 0 {
		return info, errors.New("the embedder gave no vector")
	}
	info.Dimensions = len(vectors[0])
	return info, nil
}

// Report is what a build did.
type Report struct {
	Generation int
	Counts     Counts
	Warnings   []string
	Failed     []error  // documents that could not be read, each left out
	Replaced   []string // ids of documents and terms that were there before and were given again, in input order
	Duration   time.Duration
}
