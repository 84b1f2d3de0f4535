package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/spool"
)

// goldSet are the documents to score against.
type goldSet struct {
	aside
	kept map[string]int // the place of each id
}

// readGold reads annotated documents. What would spoil every figure is an error: no mention at all, or one id for
// different documents. A copy of a document is told and left out. Close what it gives.
func readGold(ctx context.Context, w io.Writer, path string, c config.Input) (*goldSet, error) {
	g := &goldSet{kept: map[string]int{}}
	var copies []string
	var unclear error
	mentions := false
	err := g.read(ctx, w, path, c, func(d corpora.Document) error {
		copied, err := g.addDistinct(path, d)
		if copied {
			copies = append(copies, d.ID)
		}
		unclear = cmp.Or(unclear, err)
		mentions = mentions || len(d.Entities) > 0
		return nil // reading goes on, to name what else is wrong
	})
	if len(copies) > 0 && err == nil && unclear == nil {
		fmt.Fprintf(w, "ragner: %s: %s with the id, text and annotations of an earlier one, scored once: %s\n", path, plural(len(copies), "document"), someOf(copies, 5))
	}
	err = cmp.Or(err, unclear)
	if err == nil && !mentions {
		err = fmt.Errorf("read %s: none of its %s has an annotation: there is nothing to score against", path, plural(g.docs.Len(), "document"))
	}
	if err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// addDistinct keeps a document, unless it is a copy of one that is kept.
func (g *goldSet) addDistinct(path string, d corpora.Document) (copied bool, err error) {
	place, again := g.kept[d.ID]
	if !again {
		g.kept[strings.Clone(d.ID)] = g.docs.Len()
		return false, g.docs.Add(d)
	}
	before, err := g.docs.At(place)
	switch {
	case err != nil:
		return false, err
	case before.Text != d.Text:
		return false, fmt.Errorf("read %s: two documents have the id %s, but other texts", path, d.ID)
	case !sameEntities(before.Entities, d.Entities):
		return false, fmt.Errorf("read %s: two documents have the id %s and the same text, but other annotations", path, d.ID)
	}
	return true, nil
}

// sameEntities makes no difference between no list and an empty one, which a spool does not keep apart.
func sameEntities(a, b []corpora.Entity) bool {
	return slices.EqualFunc(a, b, func(x, y corpora.Entity) bool { return reflect.DeepEqual(filled(x), filled(y)) })
}

func filled(e corpora.Entity) corpora.Entity {
	e.Concepts, e.Links = append([]string{}, e.Concepts...), append([]corpora.Link{}, e.Links...)
	e.From = corpora.Provenance{Demonstrations: append([]string{}, e.From.Demonstrations...), Terms: append([]string{}, e.From.Terms...), Steps: append([]corpora.Step{}, e.From.Steps...)}
	return e
}

// take is the first limit documents, and of these a sample; 0 is all.
func (g *goldSet) take(limit, sample, seed int) chosen {
	places := make([]int, g.docs.Len())
	for i := range places {
		places[i] = i
	}
	if limit > 0 && limit < len(places) {
		places = places[:limit]
	}
	return chosen{g.docs, ablation.Sample(places, sample, uint64(seed))}
}

// chosen are some documents of a spool.
type chosen struct {
	docs   *spool.Spool
	places []int
}

var _ score.Documents = chosen{}

// Len is their number.
func (c chosen) Len() int { return len(c.places) }

// At is document i of them.
func (c chosen) At(i int) (corpora.Document, error) { return c.docs.At(c.places[i]) }

// All yields them in order.
func (c chosen) All() iter.Seq2[corpora.Document, error] {
	if len(c.places) == c.docs.Len() {
		return c.docs.All()
	}
	return func(yield func(corpora.Document, error) bool) {
		for _, place := range c.places {
			if doc, err := c.docs.At(place); !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// load reads them into memory, for those who need them again and again.
func (c chosen) load() (docs []corpora.Document, err error) {
	for doc, err := range c.All() {
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// warnOfLabels says which labels of gold cannot be found, as the index does not have them.
func warnOfLabels(s streams, labels []string) {
	if len(labels) > 0 {
		fmt.Fprintf(s.err, "ragner: warning: gold has labels that the index never saw; none of their mentions can be found: %s\n", someOf(labels, 10))
	}
}

// quoteArgs is a command line that a shell reads back as these arguments.
func quoteArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if quoted[i] = a; a == "" || strings.ContainsAny(a, " \t\n'\"\\$`*?[]{}()<>|&;#~!") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
