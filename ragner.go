// Package ragner finds entities in text with local language models. It is the way in for Go programs: open an index
// that the ragner command built, then tag texts and search the index.
//
//	engine, err := ragner.Open(ctx, "idx", ragner.Defaults())
//	doc, err := engine.TagText(ctx, "The risk of cystic fibrosis …")
//
// The packages below do one step each: corpora → index → retrieval → prompt → llm → align → score.
package ragner

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/all" // registers the formats
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/link"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// Options are all settings of an engine; begin with Defaults.
type Options = config.Config

// Stats count the work of tagging.
type Stats = tag.Stats

// Prediction is what a tagger found in one sentence.
type Prediction = tag.Prediction

// Defaults are the settings measured best on development data. They name no model: the tagger is "neighbours" until
// Options.Model.Name is set.
func Defaults() Options { return config.Defaults() }

// Engine answers from one opened index. It is safe for concurrent use.
type Engine struct {
	options  Options
	index    *index.Index
	searcher *retrieval.Searcher
	sharer   *tag.Sharer // nil: each sentence has demonstrations of its own
	tagger   tag.Tagger
	linker   *link.Linker // nil: entities are not resolved
	model    *tag.LLM     // nil without a model
	cascade  *tag.Cascade // nil: the model is not asked about doubtful sentences alone
	warnings []string     // of opening, so many, and of settling
	opened   int

	settling sync.Mutex
	settled  bool // that a model server answers a cascade
	backend  llm.Backend
	cache    *llm.Cache
}

// Open opens the index in dir. The embedder is the one that the index was built with. No model server is called.
// The error wraps index.ErrCorrupt or index.ErrMismatch where the index cannot be used.
func Open(ctx context.Context, dir string, o Options) (*Engine, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = withServers(o)
	x, embedder, err := openIndex(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, index: x}
	if e.searcher, err = retrieval.New(x, embedder, retrievalSettings(o)); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	e.sharer = e.newSharer()
	if err := errors.Join(e.openLinker(), e.openTagger()); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	e.opened = len(e.warnings)
	return e, nil
}

// openIndex opens the index and the embedder that its manifest names, unless no vectors are searched.
func openIndex(ctx context.Context, dir string, o Options) (*index.Index, embed.Embedder, error) {
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		return nil, nil, err
	}
	name := x.Manifest().Embedder.Name
	if name == "" || o.Retrieval.Mode == "lexical" || o.Retrieval.Mode == "none" {
		return x, nil, nil
	}
	embedder, err := NewEmbedder(ctx, name, o)
	if err == nil {
		err = x.Fits(embedder)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the index's embedder: %w", err), x.Close())
	}
	return x, embedder, nil
}

// NewEmbedder makes an embedder from its name: static, none (nil), ollama:MODEL or openai:MODEL.
func NewEmbedder(ctx context.Context, name string, o Options) (embed.Embedder, error) {
	e := o.Embedder
	return embed.Parse(ctx, name, embed.Options{
		URL: embedderURL(name, withServers(o)), Key: e.Key(), AllowRemote: e.AllowRemote,
		Batch: e.Batch, BatchChars: e.BatchChars, Concurrency: e.Concurrency, Timeout: e.Timeout, Retries: noneIfZero(e.Retries),
		Backoff: e.Backoff, Patience: noneIfZero(e.Patience),
	})
}

// Options are those that the engine was opened with, the tagger named.
func (e *Engine) Options() Options { return e.options }

// openTagger makes the tagger that the options name. Without one it is, where a model is named, a cascade of what the index
// has learned and the model, or llm where it has learned nothing; else what the index has learned, else neighbours.
func (e *Engine) openTagger() error {
	e.options = e.options.Settled(e.index.Manifest().Learned != nil)
	e.tagger = &tag.Neighbours{Searcher: e.searcher, Threshold: e.options.Threshold}
	switch e.options.TaggerName() {
	case "learned":
		return e.openLearned()
	case "neighbours":
		return nil
	case "cascade":
		return e.openCascade()
	}
	if err := e.openModel(); err != nil {
		return err
	}
	if e.model.Learned != nil && e.model.Weigh.Trust == 0 {
		e.warnings = append(e.warnings, "beside a learned tagger the model's answers change next to nothing at --trust 0; "+
			"--trust 1 takes them as they are, --tagger cascade --budget 1 weighs both")
	}
	return nil
}

// openModel makes the tagger llm.
func (e *Engine) openModel() (err error) {
	if e.backend, err = newBackend(e.options); err != nil {
		return err
	}
	var generator llm.Generator = e.backend
	if path := e.options.Model.Cache; path != "" {
		if e.cache, err = llm.NewCache(path, int64(e.options.Model.CacheMB)<<20, e.backend); err != nil {
			return err
		}
		generator = e.cache
	}
	e.model = e.newLLM(generator)
	if e.model.Learned, err = e.learnedTagger(); err != nil {
		return err
	}
	if e.model.Learned != nil && e.options.Threshold == 0 {
		e.model.Weigh.Threshold = e.model.Learned.Model.Threshold() // each of its mentions has passed that of its group
	}
	e.tagger = e.model
	return e.model.Prompt.Validate()
}

// Close releases the index and the answer cache.
func (e *Engine) Close() error {
	err := e.index.Close()
	if e.cache != nil {
		err = errors.Join(err, e.cache.Close())
	}
	return err
}

// Index is the opened index.
func (e *Engine) Index() *index.Index { return e.index }

// Tagger names the tagger in use: "neighbours", "learned", or "llm" or "cascade" with the model.
func (e *Engine) Tagger() string {
	switch e.tagger.(type) {
	case *tag.Cascade:
		return fmt.Sprintf("cascade (learned, %s %s)", e.options.Model.Backend, e.options.Model.Name)
	case *tag.Learned:
		return "learned"
	case *tag.Neighbours:
		return "neighbours"
	}
	return fmt.Sprintf("llm (%s %s)", e.options.Model.Backend, e.options.Model.Name)
}

// Tag finds the entities of a document; annotations that it has are ignored. Offsets are bytes of doc.Text. Where the
// document's id stands in the index, it is tagged as if that document did not, and so for the ids in without.
func (e *Engine) Tag(ctx context.Context, doc corpora.Document, without ...string) (corpora.Document, Stats, error) {
	if err := e.Settle(ctx); err != nil {
		return doc, Stats{}, err
	}
	doc, stats, err := tag.Document(ctx, e.tagger, doc, e.options.Prompt.Context, without...)
	return e.linked(ctx, doc, stats, err, without)
}

// Plan says how many documents are best tagged at once, and whether they have to be seen before, because they share
// demonstrations or the calls of the model (Prepare). without has, by id of a document, the ids of others that must not be
// shown for it.
func (e *Engine) Plan(without map[string][]string) tag.Plan {
	p := tag.Plan{Workers: runtime.GOMAXPROCS(0)}
	if e.model == nil {
		return p
	}
	p.Workers = e.options.Model.Concurrency
	if p.Workers == 0 { // one document more than calls, so that a call always waits
		p.Workers, p.Present = llm.MostInFlight+1, func() int { return e.calls() + 1 }
	}
	if e.sharer != nil {
		p.Workers = 0 // the turn of each sentence is settled by its set
	}
	if e.sharer != nil || e.cascade != nil {
		p.Prepare = func(ctx context.Context, docs []corpora.Document) error { return e.Prepare(ctx, docs, without) }
	}
	return p
}

// Prepare plans documents that will be tagged next: which sentences the model is asked about, in a cascade, and which
// demonstrations they share, where Options.Retrieval.Share asks for it. Else it does nothing.
func (e *Engine) Prepare(ctx context.Context, docs []corpora.Document, without map[string][]string) error {
	if err := e.Settle(ctx); err != nil || e.sharer == nil && e.cascade == nil {
		return err
	}
	var inputs []tag.Input
	for _, doc := range docs {
		switch {
		case !tag.Long(doc):
			inputs = append(inputs, tag.Inputs(doc, e.options.Prompt.Context, without[doc.ID]...)...)
		case e.keepsPlans(): // else it is planned while it is tagged
			for some := range tag.Stretches(doc, e.options.Prompt.Context, without[doc.ID]...) {
				if err := e.prepare(ctx, some); err != nil {
					return err
				}
			}
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	return e.prepare(ctx, inputs)
}

func (e *Engine) prepare(ctx context.Context, inputs []tag.Input) (err error) {
	if e.cascade != nil {
		inputs, err = e.cascade.Prepare(ctx, inputs)
	} else if e.model != nil {
		inputs, err = e.model.Asked(ctx, inputs)
	}
	if err != nil || e.sharer == nil {
		return err
	}
	return e.sharer.Prepare(ctx, inputs)
}

func (e *Engine) keepsPlans() bool { return e.sharer != nil && e.sharer.Keep }

// calls is how many calls of the model may be under way at once now.
func (e *Engine) calls() int { return e.backend.InFlight() }

// KeepPlans makes the engine remember what Prepare chose for every document, not for the last ones alone, so that
// Shown can show it.
func (e *Engine) KeepPlans() {
	if e.sharer != nil {
		e.sharer.Keep = true
	}
}

// TagText finds the entities of a text.
func (e *Engine) TagText(ctx context.Context, text string) (corpora.Document, error) {
	doc, _, err := e.Tag(ctx, corpora.Document{ID: "text", Text: text})
	return doc, err
}

// Search finds the evidence that a tagger would be shown for a text taken as one sentence.
func (e *Engine) Search(ctx context.Context, text string) (retrieval.Evidence, error) {
	return e.searcher.Retrieve(ctx, query(text))
}

// NearTerms finds the ontology's names nearest to what of a text Search has no exact hit for, best first.
func (e *Engine) NearTerms(ctx context.Context, text string, k int) ([]retrieval.TermHit, error) {
	return e.searcher.NearTerms(ctx, text, k)
}

// Retrieve finds the evidence that a tagger would be shown for a query: where Prepare has seen its document, what was
// chosen then.
func (e *Engine) Retrieve(ctx context.Context, q retrieval.Query) (retrieval.Evidence, error) {
	if e.sharer != nil {
		return e.sharer.Retrieve(ctx, q)
	}
	return e.searcher.Retrieve(ctx, q)
}

func query(text string) retrieval.Query {
	return retrieval.Query{Sentence: corpora.Sentence{Text: text, Tokens: corpora.Tokenize(text)}}
}

// Warnings say what of the index or the settings will make results worse than its user may expect.
func (e *Engine) Warnings() []string {
	list := slices.Clone(e.warnings[:e.opened])
	if e.options.Prompt.Passages > 0 && e.index.Passages().Len() == 0 {
		list = append(list, "passages are to be shown, but the index has none: build it with --passages")
	}
	list = append(list, e.Elsewhere()...)
	return append(list, e.warnings[e.opened:]...)
}

// Seen reports whether a surface stands annotated in the index, with whatever label, outside the document with this id
// and those in without.
func (e *Engine) Seen(docID, surface string, without ...string) bool {
	return e.searcher.Seen(docID, surface, without...)
}

// ErrTooLong is the cause when a sentence does not fit into the model's context.
var ErrTooLong = prompt.ErrTooLong
