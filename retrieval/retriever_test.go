package retrieval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/internal/embed"
)

// sampleWorld is a part of the sample: enough for ties, near-duplicates and all kinds of hits.
func sampleWorld(t testing.TB, docs int) world {
	t.Helper()
	w := world{embedder: static(t)}
	for doc, err := range sample.Train() {
		if err != nil {
			t.Fatal(err)
		}
		if len(w.documents) == docs {
			break
		}
		w.documents = append(w.documents, doc)
	}
	var err error
	if w.terms, err = sample.Ontology(); err != nil {
		t.Fatal(err)
	}
	w.terms = w.terms[:1500]
	return w
}

func sampleQueries() []Query {
	var list []Query
	for i, text := range sample.Unseen() {
		if i == 25 {
			break
		}
		list = append(list, query(text))
	}
	return list
}

// TestSameAnswers asks again, with eight goroutines at once, and over indexes built anew by one and by eight workers.
func TestSameAnswers(t *testing.T) {
	w := sampleWorld(t, 60)
	queries := sampleQueries()
	for _, mode := range []string{"hybrid", "random", "pieces"} {
		s := Defaults()
		s.Mode, s.Balance = mode, true
		if mode == "pieces" {
			s.Mode, s.Cover, s.Novel, s.MMR = "hybrid", mode, true, 0.7
		}
		var first []Evidence
		for _, workers := range []int{2, 1, 8} {
			w.workers = workers
			r := searcher(t, w.build(t), w.embedder, s)
			for round := range 2 {
				got := together(t, r, queries)
				if first == nil {
					first = got
				}
				for i := range got {
					if !reflect.DeepEqual(got[i], first[i]) {
						t.Fatalf("%s, %d workers, round %d, query %d: other evidence:\n%s\nthan before:\n%s", mode, workers, round, i, show(got[i]), show(first[i]))
					}
				}
			}
		}
	}
}

// together retrieves for all queries with eight goroutines, each query twice.
func together(t *testing.T, r *Searcher, queries []Query) []Evidence {
	t.Helper()
	found := make([]Evidence, 2*len(queries))
	errs := make([]error, 8)
	var wait sync.WaitGroup
	for g := range errs {
		wait.Go(func() {
			for i := g; i < len(found); i += len(errs) {
				var err error
				found[i], err = r.Retrieve(context.Background(), queries[i%len(queries)])
				errs[g] = errors.Join(errs[g], err)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i := range queries {
		if !reflect.DeepEqual(found[i], found[i+len(queries)]) {
			t.Fatalf("query %d: other evidence at the same time:\n%s\nand\n%s", i, show(found[i]), show(found[i+len(queries)]))
		}
	}
	return found[:len(queries)]
}

func TestRandomModes(t *testing.T) {
	w := sampleWorld(t, 20)
	x := w.build(t)
	with := func(mode string, seed uint64) *Searcher {
		s := Defaults()
		s.Mode, s.Seed = mode, seed
		return searcher(t, x, w.embedder, s)
	}
	a, b := query("Mutations of the gene cause disease."), query("Patients were seen.")
	draw := func(mode string, seed uint64, q Query) string { return refs(retrieve(t, with(mode, seed), q)) }
	for _, mode := range []string{"random", "fixed"} {
		if first, second := draw(mode, 1, a), draw(mode, 1, a); first != second {
			t.Errorf("%s: the same seed and text gave %s, then %s", mode, first, second)
		}
	}
	if draw("random", 1, a) == draw("random", 1, b) {
		t.Error("random mode shows the same sentences to every text")
	}
	if draw("fixed", 1, a) != draw("fixed", 1, b) {
		t.Error("fixed mode shows other sentences to another text")
	}
	if draw("random", 1, a) == draw("random", 2, a) || draw("fixed", 1, a) == draw("fixed", 2, a) {
		t.Error("another seed gave the same sentences")
	}
	for seed := range uint64(20) {
		drawn := strings.Fields(draw("random", seed, a))
		slices.Sort(drawn)
		if len(drawn) != 5 || len(slices.Compact(drawn)) != 5 {
			t.Fatalf("seed %d drew %v", seed, drawn)
		}
	}
}

// TestRandomModeHeedsExclusion draws from an index in which all but three sentences are excluded.
func TestRandomModeHeedsExclusion(t *testing.T) {
	var w world
	for i := range 40 {
		w.documents = append(w.documents, document(t, fmt.Sprintf("d%d: Sentence number%d stands here .", i, i)))
	}
	q := query("anything")
	q.Sentence.DocID = "d0"
	for i := 4; i < 40; i++ {
		q.Exclude = append(q.Exclude, fmt.Sprintf("d%d", i))
	}
	for _, mode := range []string{"random", "fixed"} {
		s := Defaults()
		s.Mode, s.K = mode, 50
		drawn := strings.Fields(refs(retrieve(t, searcher(t, w.build(t), nil, s), q)))
		slices.Sort(drawn)
		if want := []string{"d1#0", "d2#0", "d3#0"}; !slices.Equal(drawn, want) {
			t.Errorf("%s drew %v, want %v", mode, drawn, want)
		}
	}
}

// TestSizes asks for every number of demonstrations around the size of the index.
func TestSizes(t *testing.T) {
	w := world{embedder: static(t)}
	for i := range 7 {
		w.documents = append(w.documents, document(t, fmt.Sprintf("d%d: The patient number%d has gout .", i, i)))
	}
	x := w.build(t)
	for _, mode := range Modes {
		for k := range 10 {
			s := Defaults()
			s.Mode, s.K, s.NearDuplicate = mode, k, 0
			got := len(retrieve(t, searcher(t, x, w.embedder, s), query("The patient has gout .")).Demonstrations)
			want := min(k, 7)
			if mode == "none" {
				want = 0
			}
			if got != want {
				t.Errorf("%s, k=%d of 7: %d demonstrations, want %d", mode, k, got, want)
			}
		}
	}
}

func TestEmptyText(t *testing.T) {
	w := sampleWorld(t, 5)
	x := w.build(t)
	for _, mode := range []string{"hybrid", "dense", "lexical"} {
		for _, text := range []string{"", " \t\n", "\x00", "\xff\xfe"} {
			s := Defaults()
			s.Mode = mode
			e := retrieve(t, searcher(t, x, w.embedder, s), query(text))
			if len(e.Terms) > 0 || strings.TrimSpace(text) == "" && len(e.Demonstrations) > 0 {
				t.Errorf("%s, text %q: %s", mode, text, show(e))
			}
		}
	}
}

// TestLongText has a hundred thousand words: known ones, misspelled ones, unknown ones and names.
func TestLongText(t *testing.T) {
	w := sampleWorld(t, 20)
	words := strings.Fields(strings.Join(sample.Unseen(), " "))
	var b strings.Builder
	for i := range 100_000 {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "unknownword%d ", i)
		case 1:
			b.WriteString("breast cancerr ")
		default:
			b.WriteString(words[i%len(words)] + " ")
		}
	}
	s := Defaults()
	s.Balance = true
	r := searcher(t, w.build(t), w.embedder, s)
	start := time.Now()
	e := retrieve(t, r, query(b.String()))
	if len(e.Demonstrations) != s.K || len(e.Terms) != s.Terms {
		t.Errorf("%d demonstrations and %d terms", len(e.Demonstrations), len(e.Terms))
	}
	if took := time.Since(start); took > time.Minute { // some seconds with the race detector on a busy machine
		t.Errorf("took %v", took)
	}
}

func TestWithoutVectors(t *testing.T) {
	w := sampleWorld(t, 5)
	w.embedder = nil
	x := w.build(t)
	q := query("Mutations cause breast cancer .")
	lexical, hybrid := Defaults(), Defaults()
	lexical.Mode = "lexical"
	want := retrieve(t, searcher(t, x, nil, lexical), q)
	for name, e := range map[string]embed.Embedder{"without": nil, "with": static(t)} {
		got := retrieve(t, searcher(t, x, e, hybrid), q)
		if refs(got) != refs(want) || len(got.Demonstrations) == 0 {
			t.Errorf("hybrid %s an embedder shows %s, lexical %s", name, refs(got), refs(want))
		}
		dense := Defaults()
		dense.Mode = "dense"
		if _, err := New(x, e, dense); err == nil || !strings.Contains(err.Error(), "no vectors") {
			t.Errorf("dense %s an embedder: error %v", name, err)
		}
	}
}

// TestDenseNeedsAnEmbedder: the index has vectors, but nothing to embed queries with.
func TestDenseNeedsAnEmbedder(t *testing.T) {
	s := Defaults()
	s.Mode = "dense"
	if _, err := New(sampleWorld(t, 2).build(t), nil, s); err == nil || !strings.Contains(err.Error(), "no embedder") {
		t.Errorf("error %v", err)
	}
}

func TestCancelled(t *testing.T) {
	w := sampleWorld(t, 2)
	r := searcher(t, w.build(t), w.embedder, Defaults())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Retrieve(ctx, query("text")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// failing is an embedder whose server is down.
type failing struct{ embed.Embedder }

var errDown = errors.New("connection refused")

func (failing) Embed(context.Context, []string) ([][]float32, error) { return nil, errDown }

// TestEmbedderFailure: the error is passed on and says nothing of the text.
func TestEmbedderFailure(t *testing.T) {
	w := sampleWorld(t, 2)
	r := searcher(t, w.build(t), failing{w.embedder}, Defaults())
	_, err := r.Retrieve(context.Background(), query("canary text"))
	if !errors.Is(err, errDown) || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v", err)
	}
	if _, err := r.SearchTerms(context.Background(), "canary text", 3); !errors.Is(err, errDown) {
		t.Errorf("terms: error %v", err)
	}
}

// TestSharedSentence stands in two documents of the index, and is left out when either is the query's own.
func TestSharedSentence(t *testing.T) {
	w := world{documents: []corpora.Document{
		document(t, "a: [Gout|Disease] hurts much ."), document(t, "b: [Gout|Disease] hurts much ."), document(t, "c: Gout hurts little ."),
	}}
	r := searcher(t, w.build(t), nil, Defaults())
	for _, own := range []string{"a", "b"} {
		q := query("Gout hurts much .")
		q.Sentence.DocID = own
		if got := refs(retrieve(t, r, q)); got != "c#0" {
			t.Errorf("document %s is shown %s", own, got)
		}
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"mode":           func(s *Settings) { s.Mode = "nearest" },
		"fusion":         func(s *Settings) { s.Fusion = "sum" },
		"k -1":           func(s *Settings) { s.K = -1 },
		"terms -1":       func(s *Settings) { s.Terms = -1 },
		"passages -1":    func(s *Settings) { s.Passages = -1 },
		"dense weight":   func(s *Settings) { s.DenseWeight = 1.1 },
		"near-duplicate": func(s *Settings) { s.NearDuplicate = -0.1 },
		"least prior":    func(s *Settings) { s.MinPrior = 2 },
		"cover":          func(s *Settings) { s.Cover = "letters" },
		"label weight":   func(s *Settings) { s.LabelWeight = math.NaN() },
		"mentions 101":   func(s *Settings) { s.Mentions = 101 },
		"per mention -1": func(s *Settings) { s.PerMention = -1 },
		"least words -1": func(s *Settings) { s.LeastWords = -1 },
		"most words 3":   func(s *Settings) { s.LeastWords, s.MostWords = 4, 3 },
		"mmr":            func(s *Settings) { s.MMR = -0.5 },
		"k1":             func(s *Settings) { s.K1 = -1 },
		"b is 2":         func(s *Settings) { s.B = 2 },
	} {
		s := Defaults()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
}
