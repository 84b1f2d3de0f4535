package ragner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/testkit/torture"
)

// TestTaggingAfterSequences: after any sequence of builds, additions and replacements the index tags as one does that was
// built at once from the documents and terms that are left.
func TestTaggingAfterSequences(t *testing.T) {
	r := rand.New(rand.NewPCG(torture.Seed(t, 1), 7))
	sequences, entities := torture.Scale(6, 1000), 0
	for n := range sequences {
		dir := filepath.Join(t.TempDir(), "grown")
		seeds := make([]uint64, 1+r.IntN(5))
		for i := range seeds {
			seeds[i] = r.Uint64N(1 << 32)
			docs, terms := inventedPart(seeds[i])
			buildFrom(t, dir, docs, terms, i > 0)
		}
		once := filepath.Join(t.TempDir(), "once")
		docs, terms := contentOf(t, dir)
		buildFrom(t, once, docs, terms, false)
		texts := inventedTexts(r)
		grown, found := tagged(t, dir, texts)
		if fresh, _ := tagged(t, once, texts); grown != fresh {
			t.Fatalf("sequence %d of the seeds %v: the index tags\n%s\none that is built at once tags\n%s", n, seeds, grown, fresh)
		}
		entities += found
		os.RemoveAll(dir)
		os.RemoveAll(once)
	}
	if entities < sequences {
		t.Errorf("%d mentions in %d sequences: too few to compare", entities, sequences)
	}
	torture.Report(t, "%d sequences of builds and additions tag (neighbours, %d mentions) as an index built at once", sequences, entities)
}

var inventedWords = strings.Fields("kala miro tenu vopi ruda zeno lofi baka dumo gery fever cough")

func inventedText(r *rand.Rand) string {
	words := make([]string, 4+r.IntN(8))
	for i := range words {
		words[i] = inventedWords[r.IntN(len(inventedWords))]
	}
	return "X " + strings.Join(words, " ") + "."
}

func inventedTexts(r *rand.Rand) []string {
	texts := make([]string, 6)
	for i := range texts {
		texts[i] = inventedText(r)
	}
	return texts
}

// inventedPart makes some of ten documents, in which some words are mostly annotated, and some of five terms.
func inventedPart(seed uint64) (docs []corpora.Document, terms []corpora.Term) {
	r := rand.New(rand.NewPCG(seed, 8))
	for _, i := range r.Perm(10)[:1+r.IntN(6)] {
		d := corpora.Document{ID: fmt.Sprint("d", i), Text: inventedText(r)}
		for _, token := range corpora.Tokenize(d.Text) {
			if at := slices.Index(inventedWords, d.Text[token.Start:token.End]); at >= 0 && at%3 == 0 && r.IntN(6) > 0 {
				d.Entities = append(d.Entities, corpora.Entity{Label: []string{"A", "B"}[at%2], Fragments: []corpora.Fragment{{Start: token.Start, End: token.End}}})
			}
		}
		docs = append(docs, d)
	}
	for _, i := range r.Perm(5)[:r.IntN(3)] {
		terms = append(terms, corpora.Term{ID: fmt.Sprint("T:", i), Name: inventedWords[r.IntN(len(inventedWords))], Label: "A"})
	}
	return docs, terms
}

func buildFrom(t *testing.T, dir string, docs []corpora.Document, terms []corpora.Term, add bool) {
	t.Helper()
	stream := func(yield func(corpora.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
	in := index.Input{Corpora: []index.Corpus{{Documents: stream}}, Ontologies: []index.Ontology{{Terms: terms}}}
	if _, err := index.Build(context.Background(), dir, in, index.Options{Add: add}); err != nil {
		t.Fatal(err)
	}
}

// contentOf is what an index holds, in its own order.
func contentOf(t *testing.T, dir string) (docs []corpora.Document, terms []corpora.Term) {
	t.Helper()
	x, err := index.Open(dir, index.OpenOptions{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	docs = slices.Collect(x.Documents())
	for i := range x.TermCount() {
		terms = append(terms, x.Term(i))
	}
	if err := errors.Join(x.Err(), x.Close()); err != nil {
		t.Fatal(err)
	}
	return docs, terms
}

func tagged(t *testing.T, dir string, texts []string) (said string, entities int) {
	t.Helper()
	o := Defaults()
	o.Tagger = "neighbours"
	e, err := Open(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, text := range texts {
		doc, err := e.TagText(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		found, err := json.Marshal(doc.Entities)
		if err != nil {
			t.Fatal(err)
		}
		said, entities = said+string(found)+"\n", entities+len(doc.Entities)
	}
	return said, entities
}
