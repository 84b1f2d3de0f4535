package index

import (
	"context"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/embed"
)

// hashEmbedder adds a pseudo-random vector for each token; texts without tokens get zeros.
type hashEmbedder struct {
	dimensions int
	calls      *int
}

var _ embed.Embedder = hashEmbedder{}

func (h hashEmbedder) ID() string      { return fmt.Sprintf("hash-%d", h.dimensions) }
func (h hashEmbedder) Dimensions() int { return h.dimensions }

func (h hashEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = make([]float32, h.dimensions)
		for _, token := range Analyze(text) {
			sum := fnv.New64a()
			sum.Write([]byte(token))
			r := rand.New(rand.NewPCG(sum.Sum64(), 1))
			for j := range vectors[i] {
				vectors[i][j] += float32(r.NormFloat64())
			}
		}
	}
	if h.calls != nil {
		*h.calls += len(texts)
	}
	return vectors, ctx.Err()
}

func documents(docs ...corpora.Document) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		for _, doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// doc makes a document in which each "label=surface" of mentions is annotated where the surface first stands.
func doc(t *testing.T, id, text string, mentions ...string) corpora.Document {
	t.Helper()
	d := corpora.Document{ID: id, Text: text}
	for i, m := range mentions {
		label, surface, _ := strings.Cut(m, "=")
		at := strings.Index(text, surface)
		if at < 0 {
			t.Fatalf("document %s has no %q", id, surface)
		}
		d.Entities = append(d.Entities, corpora.Entity{
			ID: fmt.Sprint("T", i+1), Label: label, Fragments: []corpora.Fragment{{Start: at, End: at + len(surface)}},
		})
	}
	return d
}

func corpus(name string, docs ...corpora.Document) Corpus {
	return Corpus{Spec: corpora.Spec{Path: name}, Documents: documents(docs...)}
}

func sampleTerms() []corpora.Term {
	return []corpora.Term{
		{
			ID: "DOID:1485", Name: "cystic fibrosis", Label: "Disease", Definition: "A disease of glands.",
			Synonyms: []corpora.Synonym{{Text: "mucoviscidosis", Scope: corpora.ScopeExact}, {Text: "CF", Scope: corpora.ScopeRelated}},
			Parents:  []string{"DOID:4"}, Xrefs: []string{"MESH:D003550"},
		},
		{ID: "DOID:2", Name: "β-thalassaemia", Label: "Disease"},
		{ID: "CHEBI:1", Name: "zinc", Label: "Chemical"},
	}
}

func sampleInput(t *testing.T) Input {
	t.Helper()
	return Input{
		Corpora: []Corpus{corpus("train.txt",
			doc(t, "d1", "Cystic fibrosis is inherited. Patients with mucoviscidosis cough.", "Disease=Cystic fibrosis", "Disease=mucoviscidosis"),
			doc(t, "d2", "Zinc was given. Patients with mucoviscidosis cough.", "Disease=mucoviscidosis"),
			doc(t, "d3", "Patients with mucoviscidosis cough.", "Symptom=cough"),
			doc(t, "d4", "β-Thalassaemia and naïve İstanbul patients. !!! ???"),
		)},
		Passages:   []Corpus{corpus("articles.txt", doc(t, "a1", "Fibrosis of the lung is a scar. Zinc is a metal."))},
		Ontologies: []Ontology{{Spec: corpora.Spec{Path: "terms.obo"}, Terms: sampleTerms()}},
	}
}

var created = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func sampleOptions() Options {
	return Options{Embedder: hashEmbedder{dimensions: 8}, EmbedderID: "hash", Created: created, Version: "test", Workers: 2}
}

func build(t *testing.T, dir string, in Input, o Options) Report {
	t.Helper()
	report, err := Build(context.Background(), dir, in, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func open(t *testing.T, dir string) *Index {
	t.Helper()
	x, err := Open(dir, OpenOptions{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// generated makes n documents of random words with Zipf-like frequencies, some sentences repeated.
func generated(n int) []corpora.Document {
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.2, 4, 3000)
	docs := make([]corpora.Document, n)
	for i := range docs {
		var b strings.Builder
		d := corpora.Document{ID: fmt.Sprint("doc", i)}
		for range 1 + r.IntN(4) {
			for j := range 3 + r.IntN(20) {
				if j > 0 {
					b.WriteByte(' ')
				}
				start := b.Len()
				fmt.Fprintf(&b, "W%d", zipf.Uint64())
				if r.IntN(12) == 0 {
					label := []string{"A", "B", "C"}[r.IntN(3)]
					d.Entities = append(d.Entities, corpora.Entity{Label: label, Fragments: []corpora.Fragment{{Start: start, End: b.Len()}}})
				}
			}
			b.WriteString(". ")
		}
		d.Text = b.String()
		docs[i] = d
	}
	return docs
}

// files reads every file below dir but the lock, by path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == lockName {
			return err
		}
		data, err := os.ReadFile(path)
		content[strings.TrimPrefix(path, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}
