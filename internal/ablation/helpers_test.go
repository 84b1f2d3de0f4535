package ablation_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/tag"
)

// scratch is a folder for what several tests read.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "ablation"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// world is what an index is made of.
type world struct {
	documents, passages []corpora.Document
	terms               []corpora.Term
	embedder            embed.Embedder // nil: no vectors
}

// build writes the index into dir.
func (w world) build(t testing.TB, dir string) string {
	t.Helper()
	in := index.Input{
		Corpora:  []index.Corpus{{Spec: corpora.Spec{Path: "corpus"}, Documents: each(w.documents)}},
		Passages: []index.Corpus{{Spec: corpora.Spec{Path: "passages"}, Documents: each(w.passages)}},
	}
	if len(w.terms) > 0 {
		in.Ontologies = []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: w.terms}}
	}
	o := index.Options{Embedder: w.embedder}
	if w.embedder != nil {
		o.EmbedderID = "static"
	}
	if _, err := index.Build(context.Background(), dir, in, o); err != nil {
		t.Fatal(err)
	}
	return dir
}

// newIndex is the folder of an index of documents without vectors.
func newIndex(t testing.TB, docs ...corpora.Document) string {
	t.Helper()
	return world{documents: docs}.build(t, filepath.Join(t.TempDir(), "index"))
}

func each(docs []corpora.Document) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// document reads "the [VHL|Gene|C1] gene": text, label and concepts of each mention.
func document(t testing.TB, id, marked string) corpora.Document {
	t.Helper()
	doc := corpora.Document{ID: id}
	for {
		before, after, found := strings.Cut(marked, "[")
		doc.Text += before
		if !found {
			return doc
		}
		inside, rest, found := strings.Cut(after, "]")
		parts := strings.Split(inside, "|")
		if !found || len(parts) < 2 {
			t.Fatalf("no label in %q", inside)
		}
		f := corpora.Fragment{Start: len(doc.Text), End: len(doc.Text) + len(parts[0])}
		doc.Text += parts[0]
		doc.Entities = append(doc.Entities, corpora.Entity{Label: parts[1], Fragments: []corpora.Fragment{f}, Concepts: parts[2:]})
		marked = rest
	}
}

// entity is a mention of the n-th place at which each part stands in a text.
func entity(t testing.TB, text, label string, parts ...string) corpora.Entity {
	t.Helper()
	e := corpora.Entity{Label: label}
	from := 0
	for _, part := range parts {
		at := strings.Index(text[from:], part)
		if at < 0 {
			t.Fatalf("no %q in %q", part, text)
		}
		e.Fragments = append(e.Fragments, corpora.Fragment{Start: from + at, End: from + at + len(part)})
		from += at + len(part)
	}
	return e
}

func taken(t testing.TB, docs iter.Seq2[corpora.Document, error], n int) (list []corpora.Document) {
	t.Helper()
	for doc, err := range docs {
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == n {
			break
		}
		list = append(list, doc)
	}
	return list
}

// goldDocuments are the first held-out documents of the sample.
func goldDocuments(t testing.TB, n int) []corpora.Document { return taken(t, sample.HeldOut(), n) }

var shared struct {
	once sync.Once
	dir  string
}

// sampleIndex is the folder of an index of 60 documents and 1500 terms of the sample, without vectors. It is only read.
func sampleIndex(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		terms, err := sample.Ontology()
		if err != nil {
			t.Fatal(err)
		}
		w := world{documents: taken(t, sample.Train(), 60), terms: terms[:1500]}
		w.passages = []corpora.Document{{ID: "p1", Text: "Fibrosis is a scar. Zinc is a metal."}}
		shared.dir = w.build(t, filepath.Join(scratch, "sample"))
	})
	return shared.dir
}

// open opens real engines.
func open(ctx context.Context, c config.Config) (ablation.Engine, error) {
	e, err := ragner.Open(ctx, c.Index, c)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// settings are the defaults over an index.
func settings(dir string) config.Config {
	c := config.Defaults()
	c.Index, c.Learn.Iterations = dir, 30 // -race is slow
	return c
}

// plan reads a grid and crosses it over settings.
func plan(t testing.TB, grid string, base config.Config) ablation.Plan {
	t.Helper()
	g, err := ablation.ParseGrid(strings.NewReader(grid), "grid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.Plan(base)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newJob is a job with real engines, in a folder of its own.
func newJob(t testing.TB, p ablation.Plan, gold []corpora.Document) *ablation.Job {
	t.Helper()
	return &ablation.Job{
		Plan: p, Gold: gold, Dir: filepath.Join(t.TempDir(), "out"), Version: "test", Seed: 1,
		Embedder: ragner.NewEmbedder,
		Runner: ablation.Runner{
			Open: open,
			Fatal: func(err error) bool {
				var model *llm.Error
				return errors.As(err, &model) && model.Fatal()
			},
		},
	}
}

func runs(t testing.TB, j *ablation.Job) ablation.Results {
	t.Helper()
	r, err := j.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// spy stands before an engine, counts what is tagged and may change what comes of it.
type spy struct {
	ablation.Engine
	tagged *atomic.Int64
	before func(ctx context.Context, doc corpora.Document) error // may be nil; may panic
}

func (s spy) Tag(ctx context.Context, doc corpora.Document, without ...string) (corpora.Document, tag.Stats, error) {
	s.tagged.Add(1)
	if s.before != nil {
		if err := s.before(ctx, doc); err != nil {
			return doc, tag.Stats{Calls: 1}, err
		}
	}
	return s.Engine.Tag(ctx, doc, without...)
}

// spied makes the job's engines pass through a spy.
func spied(j *ablation.Job, before func(ctx context.Context, doc corpora.Document) error) *atomic.Int64 {
	var n atomic.Int64
	j.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
		e, err := open(ctx, c)
		if err != nil {
			return nil, err
		}
		return spy{e, &n, before}, nil
	}
	return &n
}

// states are the rows as "name state", in order.
func states(r ablation.Results) string {
	var list []string
	for _, row := range r.Rows {
		list = append(list, fmt.Sprint(row.Name, " ", row.State))
	}
	return strings.Join(list, ", ")
}

func trainDocuments(t testing.TB, n int) []corpora.Document { return taken(t, sample.Train(), n) }

// patient are settings of another patience and place, which change no result.
func patient(dir string) config.Config {
	c := settings(dir)
	c.Model.Timeout, c.Model.Retries, c.Model.Concurrency, c.Output.Format = 1e9, 9, 7, "brat"
	return c
}
