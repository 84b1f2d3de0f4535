package lexical

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/rank"
)

// zipf draws n words as frequent as those of a language.
func zipf(r *rand.Rand, n int) []string {
	draw := rand.NewZipf(r, 1.1, 3, 5000)
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("w", draw.Uint64())
	}
	return list
}

func buildFiles(t testing.TB, texts []string, workers int) Files {
	t.Helper()
	dir := t.TempDir()
	files := Files{filepath.Join(dir, "words"), filepath.Join(dir, "postings")}
	rows := Rows{Len: len(texts), Text: func(i int) string { return texts[i] }}
	if err := Build(t.Context(), files, rows, workers, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
	return files
}

func openFile(t testing.TB, path string, rows int) *Index {
	t.Helper()
	f, err := mapped.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(f, rows)
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

// buildIndex builds, compares the postings with the segment, and opens.
func buildIndex(t testing.TB, texts []string, workers int) *Index {
	t.Helper()
	files := buildFiles(t, texts, workers)
	x := openFile(t, files.Postings, len(texts))
	if err := x.Verify(t.Context(), files.Segment, 1); err != nil {
		t.Fatal(err)
	}
	return x
}

// reference is BM25 from its definition over texts, every share added, in the order that Search promises.
type reference struct {
	rows    []map[string]int
	lengths []int
	found   map[string]int
	average float64
}

func newReference(texts []string) *reference {
	r := &reference{found: map[string]int{}}
	total := 0
	for _, text := range texts {
		counts := map[string]int{}
		tokens := Analyze(text)
		for _, token := range tokens {
			counts[token]++
		}
		for token := range counts {
			r.found[token]++
		}
		r.rows, r.lengths = append(r.rows, counts), append(r.lengths, len(tokens))
		total += len(tokens)
	}
	r.average = float64(total) / float64(max(len(texts), 1))
	return r
}

func (r *reference) search(q Query) []rank.Hit {
	p := Default
	if q.Parameters != nil {
		p = *q.Parameters
	}
	times := map[string]int{}
	for _, token := range q.Tokens {
		times[token]++
	}
	var terms []string
	for term := range times {
		terms = append(terms, term)
	}
	slices.SortFunc(terms, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.found[a], r.found[b]), cmp.Compare(a, b))
	})
	var hits []rank.Hit
	for row, counts := range r.rows {
		score := 0.0
		for _, term := range terms {
			if tf := counts[term]; tf > 0 {
				weight := float64(times[term]) * idf(r.found[term], len(r.rows))
				score += float64(weight * p.saturation(pair{uint32(tf), uint32(r.lengths[row])}, r.average))
			}
		}
		if score > 0 && (q.Keep == nil || q.Keep(row)) {
			hits = append(hits, rank.Hit{Row: row, Score: score})
		}
	}
	slices.SortFunc(hits, rank.Compare)
	return hits[:max(0, min(q.K, len(hits)))]
}

// sameHits demands equal rows and scores equal to the last bit.
func sameHits(t *testing.T, x *Index, r *reference, q Query) {
	t.Helper()
	got, err := x.Search(q)
	if err != nil {
		t.Fatal(err)
	}
	if want := r.search(q); !slices.Equal(got, want) {
		t.Fatalf("%d tokens, k %d: %v, want %v", len(q.Tokens), q.K, got[:min(len(got), 20)], want[:min(len(want), 20)])
	}
}

func join(tokens []string) string { return strings.Join(tokens, " ") }
