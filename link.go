package ragner

import (
	"context"
	"fmt"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/link"
	"github.com/ragner/ragner/internal/tag"
)

// openLinker makes what resolves entities to concepts, where the options ask for it. The error wraps link.ErrNoIDs where
// the index has nothing to resolve them to.
func (e *Engine) openLinker() (err error) {
	o := e.options.Link
	if !o.Enabled {
		return nil
	}
	s := link.Settings{Depth: o.Depth, Threshold: o.Threshold, Candidates: o.Candidates}
	for name := range strings.SplitSeq(o.Vocabularies, ",") {
		if name = strings.TrimSpace(name); name != "" {
			s.Vocabularies = append(s.Vocabularies, name)
		}
	}
	if e.linker, err = link.New(e.index, e.searcher, s); err != nil {
		return fmt.Errorf("resolve entities to concepts: %w", err)
	}
	return nil
}

// linked resolves the entities of a tagged document, where the options ask for it.
func (e *Engine) linked(ctx context.Context, doc corpora.Document, stats Stats, err error, without []string) (corpora.Document, tag.Stats, error) {
	if err != nil || e.linker == nil {
		return doc, stats, err
	}
	doc, err = e.linker.Document(ctx, doc, without...)
	return doc, stats, err
}

// Link resolves the entities that a document has to the concepts of the index's ontologies and annotations: their Links
// become the likeliest ones, their Concepts those that they are taken to name. The ids that they had are not looked at. Where the document's
// id stands in the index, it is resolved as if that document did not, and so for the ids in without. It returns nil where
// Options.Link is not enabled.
func (e *Engine) Link(ctx context.Context, doc corpora.Document, without ...string) (*corpora.Document, error) {
	if e.linker == nil {
		return nil, nil
	}
	doc, err := e.linker.Document(ctx, doc, without...)
	return &doc, err
}

// Knows reports whether a concept's id stands in the index, in its ontologies or annotations; false where Options.Link is
// not enabled.
func (e *Engine) Knows(id string) bool { return e.linker != nil && e.linker.Knows(id) }
