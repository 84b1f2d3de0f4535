package ablation

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/learn"
)

// indexFor is the row's configuration with the index that its pool, its embedder or its learned tagger needs, which is
// built once.
func (j *Job) indexFor(ctx context.Context, plan PlanRow) (config.Config, error) {
	c := plan.Config
	x, err := index.Open(c.Index, index.OpenOptions{})
	if err != nil {
		return c, err
	}
	defer release(x)
	name := plan.Embedder
	switch name {
	case "":
		name = x.Manifest().Embedder.Name
	case "none":
		name = "" // as a manifest has it
	}
	learned := learning(c)
	if plan.Pool == 0 && name == x.Manifest().Embedder.Name && (learned == "" || isLearned(x.Manifest(), c)) {
		return c, nil
	}
	c.Index = filepath.Join(j.Dir, "indexes", fmt.Sprintf("pool-%d-seed-%d-%s", plan.Pool, j.Seed, digest(x.Digest() + name + learned)[:12]))
	if built, err := index.Open(c.Index, index.OpenOptions{}); err == nil {
		return c, built.Close()
	}
	j.notice(fmt.Sprintf("building the index of row %s", plan.Name))
	return c, j.build(ctx, x, c, buildArgs{name, plan.Pool})
}

type buildArgs struct {
	embedder string
	pool     int
}

// learning is what the learned tagger of a row depends on besides its index's data, "" for taggers that have none.
func learning(c config.Config) string {
	if !c.UsesLearned() {
		return ""
	}
	return fmt.Sprintf("learned %+v version %d", c.Learn, learn.Version)
}

// isLearned reports whether an index has the tagger that the settings ask for.
func isLearned(m index.Manifest, c config.Config) bool {
	l := m.Learned
	return l != nil && l.Version == learn.Version && l.Settings == index.LearnedSettings{L2: c.Learn.L2, Iterations: c.Learn.Iterations}
}

// build makes an index of part of x.
func (j *Job) build(ctx context.Context, x *index.Index, c config.Config, a buildArgs) error {
	options := index.Options{Version: j.Version, Created: x.Manifest().Created}
	if a.embedder != "" {
		e, err := j.Embedder(ctx, a.embedder, c)
		if err != nil {
			return err
		}
		options.Embedder, options.EmbedderID = e, a.embedder
		options.Cache, options.CacheBytes = index.CacheMode(c.Embedder.Cache), int64(c.Embedder.CacheMB)<<20
	}
	if j.Learn != nil && learning(c) != "" {
		options.Learn = j.Learn(c)
	}
	if err := os.MkdirAll(filepath.Dir(c.Index), 0o755); err != nil {
		return err
	}
	_, err := index.Build(ctx, c.Index, subset(x, a.pool, uint64(j.Seed)), options)
	return errors.Join(err, x.Err())
}

// subset is the input of an index of so many annotated sentences of x, all for 0, with all its passages and terms.
func subset(x *index.Index, pool int, seed uint64) index.Input {
	terms := make([]corpora.Term, x.TermCount())
	for i := range terms {
		terms[i] = x.Term(i)
	}
	in := index.Input{
		Corpora:  []index.Corpus{{Spec: corpora.Spec{Path: "pool"}, Documents: readable(draw(x, pool, seed))}},
		Passages: []index.Corpus{{Spec: corpora.Spec{Path: "passages"}, Documents: readable(x.PassageDocuments())}},
	}
	if len(terms) > 0 {
		in.Ontologies = []index.Ontology{{Spec: corpora.Spec{Path: "ontology"}, Terms: terms}}
	}
	return in
}

// draw takes whole documents in an order drawn by the seed until it has so many distinct sentences; the last document is
// cut. So a smaller pool is part of a larger one.
func draw(x *index.Index, pool int, seed uint64) iter.Seq[corpora.Document] {
	if pool == 0 {
		return x.Documents()
	}
	var docs []corpora.Document
	for d := range x.Documents() {
		docs = append(docs, d)
	}
	return func(yield func(corpora.Document) bool) {
		drawn := make(map[string]bool, pool)
		for _, at := range rand.New(rand.NewPCG(seed, uint64(len(docs)))).Perm(len(docs)) {
			n := 0
			for _, s := range docs[at].Sentences {
				if !drawn[s.Text] && len(drawn) == pool {
					break
				}
				drawn[s.Text] = true
				n++
			}
			if n > 0 && !yield(firstSentences(docs[at], n)) || n < len(docs[at].Sentences) {
				return
			}
		}
	}
}

// firstSentences cuts a document behind its n-th sentence.
func firstSentences(doc corpora.Document, n int) corpora.Document {
	if len(doc.Sentences) <= n {
		return doc
	}
	last := doc.Sentences[n-1]
	end := last.Offset + len(last.Text)
	cut := corpora.Document{ID: doc.ID, Text: doc.Text[:end], Sentences: doc.Sentences[:n]}
	for _, e := range doc.Entities {
		if e.End() <= end {
			cut.Entities = append(cut.Entities, e)
		}
	}
	return cut
}

// readable is a sequence in which no document fails.
func readable(docs iter.Seq[corpora.Document]) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}
