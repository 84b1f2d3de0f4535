package index

import (
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
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
	// Cache says what becomes of the vectors of an embedding server; "" means CacheNone. The built-in table needs none.
	Cache      CacheMode
	CacheBytes int64     // what the cache's file may take; 0: 4 GiB
	Workers    int       // 0: as many as processors
	Created    time.Time // stands in the manifest; zero: now
	Version    string    // of the program, for the manifest
	// Add keeps what the index holds; documents and terms that the input has again are replaced.
	Add bool
	// Learn learns a tagger as the last step; nil: none is learned.
	Learn Learn
	// Progress is told of every stage; total is 0 when it is not known. Never called concurrently; may be nil.
	Progress func(stage string, done, total int)
}

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	if o.Workers < 0 {
		return errors.New("workers must not be negative")
	}
	if !slices.Contains(CacheModes, o.Cache) && o.Cache != "" {
		return fmt.Errorf("cache mode %q: want one of %v", o.Cache, CacheModes)
	}
	if o.CacheBytes < 0 {
		return errors.New("the size of the cache must not be negative")
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
	if o.Cache == "" {
		o.Cache = CacheNone
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 4 << 30
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

// Report is what a build did.
type Report struct {
	Generation int
	Counts     Counts
	Warnings   []string
	Failed     []error  // documents that could not be read, each left out
	Unlearned  string   // why no tagger was learned, though Options.Learn was given; "" where one was
	Replaced   []string // ids of documents and terms that were there before and were given again, in input order
	Recalled   int      // vectors that a build that was stopped, or the one before, had left in the cache
	Duration   time.Duration
}
