package lexical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var parameters = []*Parameters{nil, {1.2, 0}, {0, 0.75}, {0, 0}, {maxK1, 1}, {0.9, 0.4}, {2, 1}}

// TestPrunedEqualsExhaustive compares hits and scores bit for bit with BM25 by its definition.
func TestPrunedEqualsExhaustive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, texts := range collections(r) {
		t.Run(name, func(t *testing.T) {
			x, all := buildIndex(t, texts, 2), newReference(texts)
			for q := range 60 {
				query := Query{
					Tokens:     append(zipf(r, r.IntN(30)), "unknown", "w1", "w1", "w0"),
					K:          []int{1, 7, 20, 100, 5, len(texts) + 5, 0, -1}[q%8],
					Parameters: parameters[q%len(parameters)],
				}
				switch q % 5 {
				case 1:
					query.Keep = func(row int) bool { return row%3 == 0 }
				case 2:
					query.Keep = func(row int) bool { return row > len(texts)/2 }
				case 3:
					query.Tokens = []string{"w0", "w1", "w2"} // what almost every row holds
				case 4:
					query.Keep = func(int) bool { return false }
				}
				sameHits(t, x, all, query)
			}
		})
	}
}

// collections are texts of many shapes by name.
func collections(r *rand.Rand) map[string][]string {
	of := func(n int, text func(i int) string) []string {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = text(i)
		}
		return texts
	}
	return map[string][]string{
		"batches": of(2*batchRows+50, func(int) string { return join(zipf(r, r.IntN(12))) }), // so that segments are merged
		"one row": {"w0 w1 w1 w2"},
		"empty":   {"", "", ""},
		"none":    {},
		"a word":  of(3*window, func(int) string { return "w1" }),
		"ties":    of(2*window+1, func(i int) string { return join(zipf(rand.New(rand.NewPCG(1, uint64(i%7))), 9)) }),
		"sorted":  of(3*window, func(i int) string { return strings.Repeat("w0 ", 1+i/100) + "w1" }), // each window beats those before
		"falling": of(3*window, func(i int) string { return strings.Repeat("w1 ", 1+i/50) + "w0" }),
		"apart": of(4*window, func(i int) string { // rare words in one window, frequent ones in others
			if i/window == 2 {
				return fmt.Sprint("w2 w", i%50)
			}
			return "w0 w1 x" + fmt.Sprint(i)
		}),
		"edges": of(window+wordBits, func(i int) string {
			if i%wordBits == 0 || i%wordBits == wordBits-1 {
				return "w0 w1"
			}
			return fmt.Sprint("w", i%200)
		}),
	}
}

// TestWideCodes answers alike with codes of four bytes, which a collection has only with very many pairs.
func TestWideCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = join(zipf(r, r.IntN(40)))
	}
	files, all := buildFiles(t, texts, 2), newReference(texts)
	x := rewrite(t, files, texts, 3)
	if x.header.codeBytes != 4 {
		t.Fatalf("codes of %d bytes", x.header.codeBytes)
	}
	if err := x.Verify(t.Context(), files.Segment, 1); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		sameHits(t, x, all, Query{Tokens: zipf(r, 20), K: 10})
	}
}

// TestTies: rows with equal text have equal scores, and the cut keeps the first of them.
func TestTies(t *testing.T) {
	x := buildIndex(t, slices.Repeat([]string{"the same words"}, 500), 1)
	for range 20 {
		hits, err := x.Search(Query{Tokens: []string{"words", "same"}, K: 3, Keep: func(row int) bool { return row != 1 }})
		if err != nil || len(hits) != 3 || hits[0].Row != 0 || hits[1].Row != 2 || hits[2].Row != 3 {
			t.Fatalf("hits %v, %v", hits, err)
		}
	}
}

func TestOddQueries(t *testing.T) {
	x := buildIndex(t, []string{"a b", "", "b c b"}, 1)
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
		"more than there": {[]string{"b"}, math.MaxInt, 2},
		"a long one":      {long, 5, 1},
	} {
		hits, err := x.Search(Query{Tokens: tc.query, K: tc.k})
		if err != nil || len(hits) != tc.want {
			t.Errorf("%s: %v, %v", name, hits, err)
		}
	}
	once, _ := x.Search(Query{Tokens: []string{"c"}, K: 1})
	twice, _ := x.Search(Query{Tokens: []string{"c", "c"}, K: 1})
	if twice[0].Score != 2*once[0].Score {
		t.Errorf("a repeated token scores %v, once %v", twice[0].Score, once[0].Score)
	}
}

func TestParametersOutOfRange(t *testing.T) {
	x := buildIndex(t, []string{"a"}, 1)
	for _, p := range []Parameters{{-1, 0}, {math.NaN(), 0}, {1, math.NaN()}, {1, 1.1}, {1, -0.1}, {math.Inf(1), 0}} {
		if _, err := x.Search(Query{Tokens: []string{"a"}, K: 1, Parameters: &p}); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
}

// TestManyParameters drops tables when there are too many and answers alike.
func TestManyParameters(t *testing.T) {
	texts := []string{"a b", "a a c", "c"}
	x, all := buildIndex(t, texts, 1), newReference(texts)
	for i := range 3 * maxTables {
		sameHits(t, x, all, Query{Tokens: []string{"a", "c"}, K: 3, Parameters: &Parameters{K1: float64(i % 100), B: 0.5}})
	}
	if len(x.tables.kept) > maxTables {
		t.Errorf("%d tables are kept", len(x.tables.kept))
	}
}

func TestLookups(t *testing.T) {
	x := buildIndex(t, []string{"a b", "", "b c b"}, 1)
	for token, want := range map[string]int{"a": 1, "b": 2, "c": 1, "d": 0, "": 0} {
		if got, err := x.DocumentFrequency(token); got != want || err != nil {
			t.Errorf("%q stands in %d rows, want %d: %v", token, got, want, err)
		}
	}
	for row, want := range []int{2, 0, 3} {
		if got, err := x.Length(row); got != want || err != nil {
			t.Errorf("row %d has %d tokens, want %d: %v", row, got, want, err)
		}
	}
	for _, row := range []int{-1, 3} {
		if _, err := x.Length(row); err == nil {
			t.Errorf("row %d has a length", row)
		}
	}
}

func TestLn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 100_000 {
		x := math.Exp(r.Float64()*60 - 25)
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Abs(want)+1e-17 {
			t.Fatalf("ln %v is %v, want %v", x, got, want)
		}
	}
	if ln(1) != 0 {
		t.Error("ln 1 is not 0")
	}
}

func TestConcurrentSearches(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = join(zipf(r, 10))
	}
	x, query := buildIndex(t, texts, 2), Query{Tokens: zipf(r, 20), K: 10}
	want, err := x.Search(query)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 8 {
		go func() {
			for i := range 50 {
				other := Query{Tokens: query.Tokens, K: 10, Parameters: parameters[i%len(parameters)]}
				_, otherErr := x.Search(other)
				if got, err := x.Search(query); err != nil || otherErr != nil || !slices.Equal(got, want) {
					done <- fmt.Errorf("%v, %w, %w", got, err, otherErr)
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
