package tag

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/internal/testkit"
	"github.com/ragner/ragner/retrieval"
)

// document reads "the [VHL|Gene] gene" into a document; corpora.Entity.Concepts come after a second bar.
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

// theCorpus is what the tests' index knows. Cystic fibrosis is a disease wherever it stands; "cold" was annotated
// once in four times.
func theCorpus(t testing.TB) []corpora.Document {
	t.Helper()
	var docs []corpora.Document
	for i, text := range []string{
		"Patients with [cystic fibrosis|Disease|DOID:1485] cough.",
		"The gene of [cystic fibrosis|Disease|DOID:1485] was found.",
		"[Cystic fibrosis|Disease|DOID:1485] is inherited.",
		"A [cold|Disease] may follow.",
		"The water was cold.",
		"It was cold and wet.",
		"Keep the samples cold.",
		"[Zinc|Chemical] was given to the patients.",
		"The pain of [gout|Disease] is treated with [colchicine|Chemical].",
		"Nothing was found in the samples.",
	} {
		docs = append(docs, document(t, fmt.Sprintf("d%d", i), text))
	}
	return docs
}

func theTerms() []corpora.Term {
	return []corpora.Term{
		{ID: "DOID:1485", Name: "cystic fibrosis", Label: "Disease"},
		{ID: "DOID:13189", Name: "gout", Label: "Disease", Synonyms: []corpora.Synonym{{Text: "podagra", Scope: corpora.ScopeExact}}},
	}
}

// newSearcher indexes documents, without vectors, and searches them with the default settings, changed.
func newSearcher(t testing.TB, docs []corpora.Document, changes ...func(*retrieval.Settings)) *retrieval.Searcher {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	each := func(yield func(corpora.Document, error) bool) {
		for _, doc := range docs {
			if !yield(doc, nil) {
				return
			}
		}
	}
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "corpus"}, Documents: each}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: theTerms()}},
	}
	if _, err := index.Build(context.Background(), dir, in, index.Options{}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	settings := retrieval.Defaults()
	for _, change := range changes {
		change(&settings)
	}
	s, err := retrieval.New(x, nil, settings)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answers is a model that always says the same.
func answers(text string) *testkit.Replay {
	return &testkit.Replay{Answer: func(llm.Request) (llm.Response, error) {
		return llm.Response{Text: text, PromptTokens: 100, OutputTokens: 7}, nil
	}}
}

// newLLM asks g and takes its answer as it is.
func newLLM(s *retrieval.Searcher, g llm.Generator) *LLM {
	settings := prompt.Defaults()
	settings.Format = align.Lines
	settings.Labels = []prompt.Label{{Name: "Disease"}, {Name: "Chemical"}}
	return &LLM{Searcher: s, Generator: g, Prompt: settings, Weigh: Weigher{Trust: 1, Threshold: 0.01}}
}

func sentence(text string) Input {
	return Input{Sentence: corpora.Sentence{DocID: "in", Text: text, Tokens: corpora.Tokenize(text)}}
}

func tagged(t testing.TB, tagger Tagger, in Input) Prediction {
	t.Helper()
	p, err := tagger.Tag(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// show writes entities as "Label surface (status)", in order.
func show(text string, entities []corpora.Entity) string {
	var list []string
	for _, e := range entities {
		list = append(list, fmt.Sprintf("%s %s (%s)", e.Label, e.Surface(text), e.Status))
	}
	return strings.Join(list, ", ")
}

// prompts is all that was sent to a model.
func prompts(g *testkit.Replay) string {
	var b strings.Builder
	for _, r := range g.Requests() {
		for _, m := range r.Messages {
			b.WriteString(m.Role + ": " + m.Content + "\n")
		}
		b.Write(r.Schema)
	}
	return b.String()
}

// stepNames are who had a say in an entity's score.
func stepNames(e corpora.Entity) string {
	var names []string
	for _, s := range e.From.Steps {
		names = append(names, s.By)
	}
	return strings.Join(names, " ")
}
