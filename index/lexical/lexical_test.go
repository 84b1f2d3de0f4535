package lexical

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/index/rank"
)

func TestAnalyze(t *testing.T) {
	for text, want := range map[string]string{
		"Patients with CF, aged 5–7.": "patients with cf aged 5 7",
		"STRASSE Straße":              "strasse strasse",
		"ΣΊΣΥΦΟΣ σίσυφος":             "σίσυφοσ σίσυφοσ",
		"ﬁbrosis Å Å":                 "fibrosis å å",
		"İ":                           "i\u0307",
		"… — !!":                      "",
		"":                            "",
		strings.Repeat("x", 257):      "",
	} {
		if got := strings.Join(Analyze(text), " "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	f.Add("Ångström ǅ ﬃ İI")
	f.Fuzz(func(t *testing.T, text string) {
		for _, term := range Analyze(text) {
			if term == "" || len(term) > 4*maxTokenBytes {
				t.Errorf("term of %d bytes", len(term))
			}
		}
	})
}

func words(r *rand.Rand, n int) []string {
	zipf := rand.NewZipf(r, 1.1, 3, 5000)
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("w", zipf.Uint64())
	}
	return list
}

func buildWords(t testing.TB, texts []string, workers int) *Index {
	t.Helper()
	dir := t.TempDir()
	files := Files{filepath.Join(dir, "words"), filepath.Join(dir, "lengths")}
	rows := Rows{Len: len(texts), Text: func(i int) string { return texts[i] }}
	if err := Build(t.Context(), files, rows, workers, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
	x, err := Open(files, len(texts))
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

// bruteForce is BM25 straight from its definition.
func bruteForce(texts []string, query []string, k int) []rank.Hit {
	var docs []map[string]int
	var lengths []float64
	df := map[string]int{}
	total := 0.0
	for _, text := range texts {
		tf := map[string]int{}
		tokens := Analyze(text)
		for _, token := range tokens {
			tf[token]++
		}
		for token := range tf {
			df[token]++
		}
		docs = append(docs, tf)
		lengths = append(lengths, float64(len(tokens)))
		total += float64(len(tokens))
	}
	var hits []rank.Hit
	for row, tf := range docs {
		score := 0.0
		for _, token := range query {
			if tf[token] > 0 {
				idf := math.Log(1 + (float64(len(docs))-float64(df[token])+0.5)/(float64(df[token])+0.5))
				n := float64(tf[token])
				score += idf * n / (n + 1.2*(1-0.75+0.75*lengths[row]/(total/float64(len(docs)))))
			}
		}
		if score > 0 {
			hits = append(hits, rank.Hit{Row: row, Score: score})
		}
	}
	slices.SortFunc(hits, func(a, b rank.Hit) int {
		if math.Abs(a.Score-b.Score) > 1e-9 {
			return cmp.Compare(b.Score, a.Score)
		}
		return cmp.Compare(a.Row, b.Row)
	})
	return hits[:min(k, len(hits))]
}

func TestSearchAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, 2*batchRows+50) // three batches, so that segments are merged
	for i := range texts {
		texts[i] = strings.Join(words(r, r.IntN(12)), " ") // some are empty
	}
	x := buildWords(t, texts, 2)
	for q := range 25 {
		query := append(words(r, 1+r.IntN(30)), "unknown", "w1", "w1")
		k := []int{1, 7, 20, 100, 5, len(texts) + 5}[q%6]
		got, err := x.Search(query, k, nil)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, bruteForce(texts, query, k))
	}
}

func compare(t *testing.T, got, want []rank.Hit) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d hits, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Row != want[i].Row || math.Abs(got[i].Score-want[i].Score) > 1e-9 {
			t.Fatalf("hit %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// TestTies: rows with equal text have equal scores, and the cut keeps the first of them.
func TestTies(t *testing.T) {
	texts := make([]string, 500)
	for i := range texts {
		texts[i] = "the same words"
	}
	x := buildWords(t, texts, 1)
	for range 20 {
		hits, err := x.Search([]string{"words", "same"}, 3, func(row int) bool { return row != 1 })
		if err != nil || len(hits) != 3 || hits[0].Row != 0 || hits[1].Row != 2 || hits[2].Row != 3 {
			t.Fatalf("hits %v, %v", hits, err)
		}
	}
}

func TestOddQueries(t *testing.T) {
	x := buildWords(t, []string{"a b", "", "b c b"}, 1)
	long := make([]string, 100_000)
	for i := range long {
		long[i] = fmt.Sprint("x", i%70_000)
	}
	long[5] = "c"
	for name, tc := range map[string]struct {
		query []string
		k     int
		want  int
	}{
		"nothing":         {nil, 5, 0},
		"unknown":         {[]string{"zzz"}, 5, 0},
		"empty token":     {[]string{""}, 5, 0},
		"invalid UTF-8":   {[]string{"\xff\xfe"}, 5, 0},
		"no hits wanted":  {[]string{"a"}, 0, 0},
		"negative":        {[]string{"a"}, -1, 0},
		"more than there": {[]string{"b"}, 50, 2},
		"a long one":      {long, 5, 1},
	} {
		hits, err := x.Search(tc.query, tc.k, nil)
		if err != nil || len(hits) != tc.want {
			t.Errorf("%s: %v, %v", name, hits, err)
		}
	}
	once, _ := x.Search([]string{"c"}, 1, nil)
	twice, _ := x.Search([]string{"c", "c"}, 1, nil)
	if twice[0].Score != 2*once[0].Score {
		t.Errorf("a repeated token scores %v, once %v", twice[0].Score, once[0].Score)
	}
}

func TestCancelledBuild(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	rows := Rows{Len: 20_000, Text: func(i int) string {
		if i == 12_000 {
			cancel()
		}
		return "a b c"
	}}
	if err := Build(ctx, Files{filepath.Join(dir, "w"), filepath.Join(dir, "l")}, rows, 2, func(int) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestConcurrentSearches(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = strings.Join(words(r, 10), " ")
	}
	x := buildWords(t, texts, 2)
	query := words(r, 20)
	want, err := x.Search(query, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 8 {
		go func() {
			for range 50 {
				if got, err := x.Search(query, 10, nil); err != nil || !slices.Equal(got, want) {
					done <- fmt.Errorf("%v, %w", got, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestDamagedFiles: files that do not belong together or end too early are told, not read.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	files := Files{filepath.Join(dir, "words"), filepath.Join(dir, "lengths")}
	texts := []string{"a b c", "a a", "b d", "a", "c c c"}
	rows := Rows{Len: len(texts), Text: func(i int) string { return texts[i] }}
	if err := Build(t.Context(), files, rows, 1, func(int) {}); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{0, 4, 6} {
		if _, err := Open(files, rows); !errors.Is(err, ErrDamaged) {
			t.Errorf("opened for %d rows: %v", rows, err)
		}
	}
	sound, err := os.ReadFile(files.Segment)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 10, 40, len(sound) / 2} {
		if err := os.WriteFile(files.Segment, sound[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(files, len(texts)); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", size, err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	texts := make([]string, 25_000)
	for i := range texts {
		texts[i] = strings.Join(words(r, 25), " ")
	}
	x := buildWords(b, texts, 2)
	queries := make([][]string, 64)
	for i := range queries {
		queries[i] = words(r, 25)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := x.Search(queries[i%len(queries)], 20, nil); err != nil {
			b.Fatal(err)
		}
	}
}
