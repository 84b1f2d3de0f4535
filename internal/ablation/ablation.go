// Package ablation compares settings on gold documents: a grid is planned into rows, each row tags (or only
// retrieves) the same documents, rows are tested against each other, and everything that was found out is one Results
// value. It knows engines by the interface Engine alone; package report writes Results down.
package ablation

import (
	"context"
	"io"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// Engine tags and retrieves with one set of settings. It is safe for concurrent use.
type Engine interface {
	// Tag finds the entities of a document as if neither it nor the documents in without stood in the index;
	// annotations that it has are ignored.
	Tag(ctx context.Context, doc corpora.Document, without ...string) (corpora.Document, tag.Stats, error)
	// Plan says how documents are best tagged; without has, by id, what must not be shown for each.
	Plan(without map[string][]string) tag.Plan
	// Prepare plans documents that are tagged together.
	Prepare(ctx context.Context, docs []corpora.Document, without map[string][]string) error
	// KeepPlans makes the engine remember what Prepare chose, for Shown.
	KeepPlans()
	// Shown is what Tag shows the model for each sentence of a document; no model is called.
	Shown(ctx context.Context, doc corpora.Document, without ...string) ([]tag.Shown, error)
	// Retrieve finds the evidence for one sentence.
	Retrieve(ctx context.Context, q retrieval.Query) (retrieval.Evidence, error)
	// Seen reports whether a surface stands annotated in the index outside the document with this id and those in
	// without.
	Seen(docID, surface string, without ...string) bool
	// Link resolves the entities of a document to concepts, as Tag does; nil where the engine links none.
	Link(ctx context.Context, doc corpora.Document, without ...string) (*corpora.Document, error)
	// Knows reports whether a concept's canonical id stands in the index.
	Knows(id string) bool
	// ModelIdentity is the model's name and digest, "" without a model.
	ModelIdentity(ctx context.Context) (string, error)
	Index() *index.Index
	Close() error
}

// Opener opens the engine that settings describe; Config.Index is the folder of the index.
type Opener func(ctx context.Context, c config.Config) (Engine, error)

// release closes what was only read: an error then has nothing to spoil.
func release(c io.Closer) { _ = c.Close() }
