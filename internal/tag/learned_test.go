package tag

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
)

// shared is the index of newLearned: learning it takes long, and no test changes it.
var shared struct {
	sync.Once
	folder string
}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(shared.folder)
	os.Exit(code)
}

// newLearned learns from the documents of theCorpus, many times with other words around.
func newLearned(t *testing.T) *Learned {
	t.Helper()
	shared.Do(func() {
		var docs []corpora.Document
		for i := range 30 {
			for _, d := range theCorpus(t) {
				prefix := fmt.Sprintf("Case %d: ", i)
				d.ID, d.Text = fmt.Sprintf("%s-%d", d.ID, i), prefix+d.Text
				for k := range d.Entities {
					d.Entities[k] = d.Entities[k].Shift(len(prefix))
				}
				docs = append(docs, d)
			}
		}
		var err error
		if shared.folder, err = os.MkdirTemp("", "ragner-tag-test"); err != nil { //nolint:usetesting // it outlives the test
			t.Fatal(err)
		}
		buildLearned(t, filepath.Join(shared.folder, "index"), docs)
	})
	return openLearned(t, filepath.Join(shared.folder, "index"))
}

func buildLearned(t *testing.T, dir string, docs []corpora.Document) {
	t.Helper()
	each := func(yield func(corpora.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "corpus"}, Documents: each}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: theTerms()}},
	}
	s := learn.Defaults()
	s.Iterations = 50 // -race is slow
	if _, err := index.Build(context.Background(), dir, in, index.Options{Learn: learn.Learner(s)}); err != nil {
		t.Fatal(err)
	}
}

func openLearned(t *testing.T, dir string) *Learned {
	t.Helper()
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return openedLearned(t, x)
}

// openedLearned is the tagger that an index has learned.
func openedLearned(t *testing.T, x *index.Index) *Learned {
	t.Helper()
	data, err := x.LearnedModel()
	if err != nil {
		t.Fatal(err)
	}
	model, err := learn.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := learn.NewSearcher(x)
	if err != nil {
		t.Fatal(err)
	}
	return &Learned{Searcher: s, Model: model}
}

// TestLearnedSaysWhy: what is found has a score, the concepts of its surface, and the terms and sentences that support it.
func TestLearnedSaysWhy(t *testing.T) {
	l := newLearned(t)
	text := "Case 99: The pain of gout is treated with colchicine."
	p := tagged(t, l, sentence(text))
	if got := show(text, p.Entities); got != "Disease gout (exact), Chemical colchicine (exact)" {
		t.Fatal(got)
	}
	gout := p.Entities[0]
	if !slices.Equal(gout.Concepts, []string{"DOID:13189"}) || !slices.Equal(gout.From.Terms, []string{"DOID:13189"}) || len(gout.From.Demonstrations) == 0 {
		t.Errorf("gout rests on %+v, concepts %q", gout.From, gout.Concepts)
	}
	for _, e := range p.Entities {
		if e.Score < 0.5 || e.Score > 1 {
			t.Errorf("%s scores %g", e.Surface(text), e.Score)
		}
	}
	if p.Stats != (Stats{Sentences: 1}) {
		t.Errorf("stats %+v", p.Stats)
	}
	l.Threshold = 1
	if p := tagged(t, l, sentence(text)); len(p.Entities) > 0 {
		t.Errorf("with the threshold 1: %s", show(text, p.Entities))
	}
}

// TestLearnedKeepsBorders: where the input has coarser tokens than ours, a mention begins and ends where they do.
func TestLearnedKeepsBorders(t *testing.T) {
	l := newLearned(t)
	text := "Case 99: The pain of gout-like colchicine."
	in := sentence(text)
	in.Sentence.Tokens = nil
	at := 0
	for i, r := range text + " " {
		if r == ' ' {
			in.Sentence.Tokens = append(in.Sentence.Tokens, corpora.Token{Start: at, End: i})
			at = i + 1
		}
	}
	for _, e := range tagged(t, l, in).Entities {
		if e.Surface(text) == "gout" {
			t.Error("a mention ends inside a token of the input")
		}
	}
	if got := show(text, tagged(t, l, sentence(text)).Entities); got == "" {
		t.Error("without such tokens nothing is found")
	}
}

// TestLLMWeighedByLearned: without trust the learned tagger decides what of a model's answer stands; with all trust the
// answer stands as it is.
func TestLLMWeighedByLearned(t *testing.T) {
	l := newLearned(t)
	text := "Case 99: The pain of gout is treated with colchicine."
	alone := tagged(t, l, sentence(text))
	for answer, trusted := range map[string]string{
		"Disease: pain":                       "Disease pain (exact)",
		"none":                                "",
		"Disease: gout\nChemical: colchicine": "Disease gout (exact), Chemical colchicine (exact)",
	} {
		m := newLLM(l.Searcher, answers(answer))
		m.Learned, m.Weigh = l, Weigher{Threshold: l.Model.Threshold()}
		p := tagged(t, m, sentence(text))
		if got, want := show(text, p.Entities), show(text, alone.Entities); got != want {
			t.Errorf("%q without trust: %s, want %s", answer, got, want)
		}
		for i, e := range p.Entities {
			if e.Score != alone.Entities[i].Score || !slices.Equal(e.Concepts, alone.Entities[i].Concepts) {
				t.Errorf("%q: %+v, alone %+v", answer, e, alone.Entities[i])
			}
		}
		m.Weigh.Trust = 1
		if got := show(text, tagged(t, m, sentence(text)).Entities); got != trusted {
			t.Errorf("%q trusted: %s, want %s", answer, got, trusted)
		}
	}
}
