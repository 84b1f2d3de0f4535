package learn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// annotated reads "the [VHL|Gene] gene"; brackets may nest.
func annotated(t testing.TB, id, marked string) corpora.Document {
	t.Helper()
	doc := corpora.Document{ID: id}
	var open []int
	for i := 0; i < len(marked); i++ {
		switch marked[i] {
		case '[':
			open = append(open, len(doc.Text))
		case '|':
			end := i + strings.IndexByte(marked[i:], ']')
			doc.Entities = append(doc.Entities, mention(marked[i+1:end], open[len(open)-1], len(doc.Text)))
			open, i = open[:len(open)-1], end
		default:
			doc.Text += marked[i : i+1]
		}
	}
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc
}

// invented are documents about diseases with invented names, which their endings and neighbours give away, and about genes
// inside some of them.
func invented(t testing.TB, n int) []corpora.Document {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	pick := func(list string) string {
		words := strings.Fields(list)
		return words[rng.IntN(len(words))]
	}
	var docs []corpora.Document
	for i := range n {
		name := pick("kar bel tor min sal ver dun fil gor hap") + pick("a e i o u") + pick("lin rot mek dus fan") + pick("itis osis emia")
		gene := strings.ToUpper(pick("brk vhl tnf abc dmd")) + fmt.Sprint(rng.IntN(9))
		text := pick("Some Many Few All") + " patients " + pick("with had show suffer") + " [" + name + "|Disease] " + pick("today again here now") + "."
		switch rng.IntN(4) {
		case 0:
			text = "The " + pick("dose mean rate water") + " was " + pick("low high cold good") + " in the " + pick("samples rooms groups") + "."
		case 1:
			text = "The gene causes [[" + gene + "|Gene] " + name + "|Disease] in " + pick("mice rats men") + "."
		}
		docs = append(docs, annotated(t, fmt.Sprintf("d%d", i), text))
	}
	return docs
}

// build makes an index without vectors and opens it.
func build(t testing.TB, docs []corpora.Document, learn index.Learn) *index.Index {
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
		Corpora: []index.Corpus{{Spec: corpora.Spec{Path: "corpus"}, Documents: each}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: []corpora.Term{
			{ID: "T:1", Name: "karalinitis", Label: "Disease"}, {ID: "T:2", Name: "belorotosis", Label: "Disease"},
		}}},
	}
	if _, err := index.Build(context.Background(), dir, in, index.Options{Learn: learn}); err != nil {
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
	return x
}

func modelOf(t testing.TB, x *index.Index) ([]byte, *Model) {
	t.Helper()
	data, err := x.LearnedModel()
	if err != nil || data == nil {
		t.Fatalf("model of %d bytes, error %v", len(data), err)
	}
	m, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return data, m
}

func seenOf(t testing.TB, x *index.Index, text string) Seen {
	t.Helper()
	r, err := NewSearcher(x)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := Look(context.Background(), r, retrieval.Query{Sentence: corpora.Sentence{DocID: "unseen", Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func settings(workers int) Settings {
	s := Defaults()
	s.Workers, s.Iterations = workers, 30 // the texts are simple, and -race is slow
	return s
}

// TestLearned: names that stand nowhere in the index are found by their context and endings, nested ones too, and the
// scores are probabilities.
func TestLearned(t *testing.T) {
	x := build(t, invented(t, 400), Learner(settings(2)))
	_, m := modelOf(t, x)
	about := x.Manifest().Learned
	if len(about.Groups) != 2 || about.Sentences != 400 || about.Version != Version || about.Features == 0 {
		t.Errorf("about %+v", about)
	}
	text := "The gene causes TNF8 zyxovitis in mice."
	var got []string
	for _, found := range m.Tag(seenOf(t, x, text), 0) {
		tokens := corpora.Tokenize(text)
		got = append(got, found.Label+" "+text[tokens[found.First].Start:tokens[found.Last].End])
		if found.Score <= 0.5 || found.Score > 1 {
			t.Errorf("score %g", found.Score)
		}
	}
	slices.Sort(got)
	if want := []string{"Disease TNF8 zyxovitis", "Gene TNF8"}; !reflect.DeepEqual(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if found := m.Tag(seenOf(t, x, "The mean rate was low."), 0); len(found) > 0 {
		t.Errorf("found %+v where nothing is", found)
	}
	if found := m.Tag(seenOf(t, x, ""), 0); len(found) > 0 {
		t.Errorf("found %+v in nothing", found)
	}
}

// TestSameModel: the number of workers does not change a byte.
func TestSameModel(t *testing.T) {
	docs := invented(t, 250)
	one, _ := modelOf(t, build(t, docs, Learner(settings(1))))
	three, _ := modelOf(t, build(t, docs, Learner(settings(3))))
	if !bytes.Equal(one, three) {
		t.Error("one worker and three learn different models")
	}
}

// TestTooLittle: nothing is learned from too little, and why is told.
func TestTooLittle(t *testing.T) {
	bare := invented(t, 250)
	for i := range bare {
		bare[i].Entities = nil
	}
	for _, c := range []struct {
		docs []corpora.Document
		want string
	}{{invented(t, 20), "too few"}, {bare, "no sentence has a mention"}} {
		x := build(t, c.docs, nil)
		model, _, why, err := Learner(Defaults())(context.Background(), x, func(string, int, int) {})
		if err != nil || model != nil || !strings.Contains(why, c.want) {
			t.Errorf("%d documents: model of %d bytes, %q, error %v", len(c.docs), len(model), why, err)
		}
	}
}

// TestOddCorpora: one document alone, of which nothing can be held out but all, and a corpus whose every word is a mention of
// one label: both are learned from, and what comes is a model.
func TestOddCorpora(t *testing.T) {
	whole := corpora.Document{ID: "whole"}
	for _, d := range invented(t, 250) {
		for _, e := range d.Entities {
			whole.Entities = append(whole.Entities, e.Shift(len(whole.Text)))
		}
		whole.Text += d.Text + " "
	}
	all := invented(t, 250)
	for i := range all {
		all[i].Entities = []corpora.Entity{mention("Thing", 0, len(all[i].Text))}
	}
	for name, docs := range map[string][]corpora.Document{"one document": {whole}, "nothing outside": all} {
		s := settings(2)
		s.Least = 100
		x := build(t, docs, Learner(s))
		_, m := modelOf(t, x)
		for _, f := range m.Tag(seenOf(t, x, "Many patients had karalinitis."), 0) {
			if !(f.Score > 0 && f.Score <= 1) {
				t.Errorf("%s: score %g", name, f.Score)
			}
		}
	}
}

// TestStops: a build that is cancelled while it learns ends with the context's error.
func TestStops(t *testing.T) {
	x := build(t, invented(t, 250), nil)
	ctx, cancel := context.WithCancel(context.Background())
	_, _, _, err := Learner(Defaults())(ctx, x, func(stage string, done, _ int) {
		if stage == "learn" && done > 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestOwnAnnotations: what a sentence looks like does not depend on its own document's annotations, and does depend on
// those of others.
func TestOwnAnnotations(t *testing.T) {
	docs := invented(t, 300)
	changed := slices.Clone(docs)
	own := slices.IndexFunc(docs, func(d corpora.Document) bool { return len(d.Entities) == 2 })
	e := slices.Clone(docs[own].Entities)
	e[0].Label, e[1].Label = e[1].Label, e[0].Label
	changed[own].Entities = e
	before, after := build(t, docs, nil), build(t, changed, nil)
	if !reflect.DeepEqual(lookAt(t, before, own, true), lookAt(t, after, own, true)) {
		t.Error("a sentence sees its own annotations")
	}
	if reflect.DeepEqual(lookAt(t, before, own, false), lookAt(t, after, own, false)) {
		t.Error("the test sees nothing: without holding out, too, all is the same")
	}
}

// lookAt is what training sees of a document, with or without holding out.
func lookAt(t *testing.T, x *index.Index, doc int, hold bool) [][]uint64 {
	t.Helper()
	r, err := NewSearcher(x)
	if err != nil {
		t.Fatal(err)
	}
	s := newSource(x)
	if !hold {
		s.exclude[doc] = nil
	}
	list, err := s.lookAt(context.Background(), r, doc)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]uint64
	for _, e := range list {
		all = append(all, e.attrs...)
	}
	return all
}

// TestTrainingSeesWhatTaggingSees: of a document that is not in the index tagging sees what training sees of it where it is
// and nothing else is held out.
func TestTrainingSeesWhatTaggingSees(t *testing.T) {
	docs := invented(t, 300)
	const own = 7
	with, without := build(t, docs, nil), build(t, slices.Delete(slices.Clone(docs), own, own+1), nil)
	s := newSource(with)
	s.exclude[own] = []string{docs[own].ID}
	r, err := NewSearcher(with)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.lookAt(context.Background(), r, own)
	if err != nil {
		t.Fatal(err)
	}
	unseen, err := NewSearcher(without)
	if err != nil {
		t.Fatal(err)
	}
	q := retrieval.Query{Sentence: corpora.Sentence{Text: docs[own].Text}, Abbreviations: lexicon.Abbreviations(docs[own].Text)}
	seen, err := Look(context.Background(), unseen, q)
	if err != nil {
		t.Fatal(err)
	}
	if got := attributes(seen); !reflect.DeepEqual(got, list[0].attrs) {
		t.Errorf("tagging sees %d attributes of the first word, training %d", len(got[0]), len(list[0].attrs[0]))
	}
}

// TestTaken: of many sentences about as many as are wanted are taken, in stretches from the first to nearly the last; of few all.
func TestTaken(t *testing.T) {
	for _, of := range []int{1, 29_999, 30_000, 30_001, 45_000, 61_234, 3_100_000} {
		n, last, stretches := 0, 0, 0
		for i := range of {
			if taken(i, of, 30_000) {
				if i == 0 || last != i-1 {
					stretches++
				}
				n, last = n+1, i
			}
		}
		if want := min(of, 30_000); n < want-2*stretchSentences || n > want+stretchSentences {
			t.Errorf("%d of %d are taken", n, of)
		}
		if of > 60_000 && (stretches < 25 || last < of-of/10) {
			t.Errorf("of %d, %d stretches up to %d are taken", of, stretches, last)
		}
	}
}
