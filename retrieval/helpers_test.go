package retrieval

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
)

// world is what an index is made of, as a test writes it down.
type world struct {
	documents []corpora.Document
	passages  []corpora.Document
	terms     []corpora.Term
	embedder  embed.Embedder // nil: no vectors
	workers   int
}

// document reads "id: the [VHL|Gene] gene" into a document.
func document(t testing.TB, line string) corpora.Document {
	t.Helper()
	id, marked, ok := strings.Cut(line, ": ")
	if !ok {
		t.Fatalf("no document id in %q", line)
	}
	doc := corpora.Document{ID: id}
	for rest := marked; rest != ""; {
		before, after, found := strings.Cut(rest, "[")
		doc.Text += before
		if !found {
			break
		}
		inside, after, found := strings.Cut(after, "]")
		surface, label, labelled := strings.Cut(inside, "|")
		if !found || !labelled {
			t.Fatalf("no label in %q", marked)
		}
		f := corpora.Fragment{Start: len(doc.Text), End: len(doc.Text) + len(surface)}
		doc.Text += surface
		for name := range strings.SplitSeq(label, "+") {
			doc.Entities = append(doc.Entities, corpora.Entity{Label: name, Fragments: []corpora.Fragment{f}})
		}
		rest = after
	}
	return doc
}

// documents reads a line each.
func documents(t testing.TB, lines string) []corpora.Document {
	t.Helper()
	var docs []corpora.Document
	for line := range strings.Lines(lines) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			docs = append(docs, document(t, line))
		}
	}
	return docs
}

// terms reads "DOID:1 Label Name; synonym; other synonym (RELATED)", a term a line.
func terms(t testing.TB, lines string) []corpora.Term {
	t.Helper()
	var list []corpora.Term
	for line := range strings.Lines(lines) {
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(parts) != 3 {
			t.Fatalf("no term in %q", line)
		}
		names := strings.Split(parts[2], "; ")
		term := corpora.Term{ID: parts[0], Label: parts[1], Name: names[0]}
		for _, name := range names[1:] {
			text, scope, ok := strings.Cut(strings.TrimSuffix(name, ")"), " (")
			if !ok {
				scope = string(corpora.ScopeExact)
			}
			term.Synonyms = append(term.Synonyms, corpora.Synonym{Text: text, Scope: corpora.Scope(scope)})
		}
		list = append(list, term)
	}
	return list
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

// build makes the index and opens it.
func (w world) build(t testing.TB) *index.Index {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "corpus"}, Documents: each(w.documents)}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: w.terms}},
	}
	if len(w.passages) > 0 {
		in.Passages = []index.Corpus{{Spec: corpora.Spec{Path: "passages"}, Documents: each(w.passages)}}
	}
	if _, err := index.Build(context.Background(), dir, in, index.Options{Embedder: w.embedder, Workers: w.workers}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{Embedder: w.embedder})
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

func static(t testing.TB) embed.Embedder {
	t.Helper()
	e, err := embed.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func searcher(t testing.TB, x *index.Index, e embed.Embedder, s Settings) *Searcher {
	t.Helper()
	r, err := New(x, e, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func query(text string) Query {
	return Query{Sentence: corpora.Sentence{Text: text, Tokens: corpora.Tokenize(text)}}
}

func retrieve(t testing.TB, r *Searcher, q Query) Evidence {
	t.Helper()
	e, err := r.Retrieve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// refs name the demonstrations, best first.
func refs(e Evidence) string {
	var list []string
	for _, d := range e.Demonstrations {
		list = append(list, d.Ref())
	}
	return strings.Join(list, " ")
}

// show writes evidence as a reader wants to see it.
func show(e Evidence) string {
	var b strings.Builder
	for _, d := range e.Demonstrations {
		fmt.Fprintf(&b, "%s %.3f%s\n", d.Ref(), d.Score, contributions(d.From))
		for _, entity := range d.Entities {
			fmt.Fprintf(&b, "  %s: %s\n", entity.Label, entity.Surface(d.Sentence.Text))
		}
	}
	b.WriteString(showTerms(e.Terms))
	for _, p := range e.Passages {
		fmt.Fprintf(&b, "passage %s\n", Ref(p))
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

func showTerms(hits []TermHit) string {
	var b strings.Builder
	for _, h := range hits {
		fmt.Fprintf(&b, "term %d-%d %q %s %.3f", h.Fragment.Start, h.Fragment.End, h.Surface, h.Term.Label, h.Prior)
		if h.Term.ID != "" {
			fmt.Fprintf(&b, " = %s %s", h.Term.ID, h.Term.Name)
		}
		b.WriteString(contributions(h.From) + "\n")
		for i := 0; i < len(h.Senses) && len(h.Senses) > 1; i++ {
			s := h.Senses[i]
			fmt.Fprintf(&b, "  %s %s: %s, annotated %d, context %.3f\n", s.ID, s.Name, s.Scope, s.Annotated, s.Context)
		}
	}
	return b.String()
}

func contributions(from []Contribution) string {
	var b strings.Builder
	for _, c := range from {
		fmt.Fprintf(&b, " %s#%d:%.3f", c.Source, c.Rank, c.Score)
	}
	return b.String()
}
