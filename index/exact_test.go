package index_test

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/internal/embed"
)

// sampleIndex is the built-in sample, sentences and terms.
func sampleIndex(t *testing.T) (*index.Index, embed.Embedder) {
	t.Helper()
	embedder, err := embed.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	terms, err := sample.Ontology()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "idx")
	in := index.Input{
		Corpora:    []index.Corpus{{Spec: corpora.Spec{Path: "sample"}, Documents: sample.Train()}},
		Ontologies: []index.Ontology{{Spec: corpora.Spec{Path: "terms"}, Terms: terms}},
	}
	if _, err := index.Build(t.Context(), dir, in, index.Options{Embedder: embedder}); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir, index.OpenOptions{Embedder: embedder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x, embedder
}

// exactQueries are sentences that the index has not, some that it has, and odd ones.
func exactQueries(rows *index.Collection) []string {
	list := []string{"", "zzqqx", "a", "the of and in", strings.Repeat("the cancer of ", 500)}
	for i, text := range sample.Unseen() {
		if i%12 == 0 {
			list = append(list, text)
		}
	}
	for row := 0; row < rows.Len(); row += rows.Len() / 12 {
		list = append(list, rows.Text(row), strings.Repeat(rows.Text(row)+" ", 3))
	}
	return list
}

// reference scores rows by the definitions, without an index.
type reference struct {
	tokens  []map[string]int
	lengths []int
	df      map[string]int
	average float64
}

func newReference(rows *index.Collection) reference {
	r := reference{df: map[string]int{}}
	total := 0
	for row := range rows.Len() {
		words := index.Analyze(rows.Text(row))
		counts := map[string]int{}
		for _, w := range words {
			counts[w]++
		}
		for w := range counts {
			r.df[w]++
		}
		r.tokens, r.lengths = append(r.tokens, counts), append(r.lengths, len(words))
		total += len(words)
	}
	r.average = float64(total) / float64(rows.Len())
	return r
}

// bm25 is the score of every row that holds a word of the query: the sum over its words, each as often as it stands
// there, of ln(1+(N-df+½)/(df+½)) · tf/(tf+k1(1-b+b·length/average)).
func (r reference) bm25(query []string, p lexical.Parameters) []index.Hit {
	times := map[string]int{}
	for _, w := range query {
		times[w]++
	}
	var hits []index.Hit
	for row, counts := range r.tokens {
		score, found := 0.0, false
		for w, n := range times {
			tf, df := float64(counts[w]), float64(r.df[w])
			if tf == 0 {
				continue
			}
			idf := math.Log1p((float64(len(r.tokens)) - df + 0.5) / (df + 0.5))
			score += float64(n) * idf * tf / (tf + p.K1*(1-p.B+p.B*float64(r.lengths[row])/r.average))
			found = true
		}
		if found {
			hits = append(hits, index.Hit{Row: row, Score: score})
		}
	}
	return hits
}

// TestExact compares what is found with what the definitions find, without an index, over every sentence and name of the
// sample. scripts/check-retrieval does the same with bm25s and over whole corpora.
func TestExact(t *testing.T) {
	x, embedder := sampleIndex(t)
	for name, rows := range map[string]*index.Collection{"sentences": x.Sentences(), "names": x.Terms()} {
		queries := exactQueries(x.Sentences())
		t.Run(name+" by words", func(t *testing.T) { wordsAreExact(t, rows, queries) })
		t.Run(name+" by vectors", func(t *testing.T) { vectorsAreExact(t, rows, embedder, queries) })
	}
}

// wordsAreExact compares the best rows and their scores with BM25.
func wordsAreExact(t *testing.T, rows *index.Collection, queries []string) {
	all, worst := newReference(rows), 0.0
	for i, text := range queries {
		words := index.Analyze(text)
		p := []lexical.Parameters{lexical.Default, {K1: 0.9, B: 0.4}, {K1: 2, B: 1}, {K1: 0, B: 0.5}}[i%4]
		got := rows.Lexical(lexical.Query{Tokens: words, K: 20, Parameters: &p})
		worst = max(worst, compareHits(t, got, all.bm25(words, p), 1e-9))
	}
	t.Logf("worst difference of a score %.1e", worst)
}

// vectorsAreExact compares with dot products of all stored vectors, and with cosines of the embedder's own vectors.
func vectorsAreExact(t *testing.T, rows *index.Collection, embedder embed.Embedder, queries []string) {
	own := func(text string) []float32 {
		vectors, err := embedder.Embed(t.Context(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		return vectors[0]
	}
	var worst, cosines float64
	for _, text := range queries {
		query := own(text)
		var all []index.Hit
		for row := range rows.Len() {
			if v := rows.Vector(row); length(v) > 0 && length(query) > 0 {
				all = append(all, index.Hit{Row: row, Score: dot(v, query)})
			}
		}
		got := rows.Nearest(query, 20, nil)
		worst = max(worst, compareHits(t, got, all, 1e-12))
		for _, h := range got {
			v := own(rows.Text(h.Row))
			cosines = max(cosines, math.Abs(dot(v, query)/(length(v)*length(query))-h.Score))
		}
	}
	if cosines > 2e-6 {
		t.Errorf("a score differs from the cosine by %g", cosines)
	}
	t.Logf("worst difference of a score %.1e, of a cosine %.1e", worst, cosines)
}

func length(v []float32) float64 { return math.Sqrt(dot(v, v)) }

// dot adds from the last value to the first, which is not how the index does it.
func dot(a, b []float32) (sum float64) {
	for i := len(a) - 1; i >= 0; i-- {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// compareHits checks that got are the best of all, ordered by score and then row, and gives the worst difference.
func compareHits(t *testing.T, got, all []index.Hit, tolerance float64) (worst float64) {
	t.Helper()
	scores := map[int]float64{}
	for _, h := range all {
		scores[h.Row] = h.Score
	}
	slices.SortFunc(all, func(a, b index.Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row)) })
	if len(got) != min(20, len(all)) {
		t.Fatalf("%d hits, %d rows can be found", len(got), len(all))
	}
	for i, h := range got {
		want, found := scores[h.Row]
		// The row may be another only where the two scores cannot be told apart.
		if !found || math.Abs(h.Score-want) > tolerance || math.Abs(want-all[i].Score) > tolerance {
			t.Fatalf("place %d: row %d with %v, want row %d with %v", i, h.Row, h.Score, all[i].Row, all[i].Score)
		}
		if i > 0 && (got[i-1].Score < h.Score || got[i-1].Score == h.Score && got[i-1].Row >= h.Row) {
			t.Fatalf("places %d and %d are not ordered: %v, %v", i-1, i, got[i-1], h)
		}
		worst = max(worst, math.Abs(h.Score-want))
	}
	return worst
}
