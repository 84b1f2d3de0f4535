package lexical

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// rewrite makes the postings of files anew, with wide codes from so many pairs on.
func rewrite(t *testing.T, files Files, texts []string, narrow int) *Index {
	t.Helper()
	s, err := openStore(files.Segment, len(texts))
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{store: s, workers: 2, narrow: narrow}
	for _, text := range texts {
		w.lengths = append(w.lengths, uint32(len(Analyze(text))))
	}
	path := filepath.Join(t.TempDir(), "postings")
	if err := errors.Join(w.writePostings(t.Context(), path), s.close()); err != nil {
		t.Fatal(err)
	}
	return openFile(t, path, len(texts))
}

// TestSameBytesForAnyNumberOfWorkers: the postings' bytes do not depend on the order in which work was done.
func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	texts := make([]string, batchRows+500)
	for i := range texts {
		texts[i] = join(zipf(r, 8))
	}
	one, err := os.ReadFile(buildFiles(t, texts, 1).Postings)
	if err != nil {
		t.Fatal(err)
	}
	three, err := os.ReadFile(buildFiles(t, texts, 3).Postings)
	if err != nil || string(one) != string(three) {
		t.Errorf("%d and %d bytes, %v", len(one), len(three), err)
	}
}

// TestVerifyFindsAnotherSegment compares postings with the segment of other texts of as many rows.
func TestVerifyFindsAnotherSegment(t *testing.T) {
	x := buildIndex(t, []string{"a b", "c"}, 1)
	for _, texts := range [][]string{{"a b", "d"}, {"a b b", "c"}, {"a", "b c"}, {"a b", "c d"}, {"a b"}} {
		if err := x.Verify(t.Context(), buildFiles(t, texts, 1).Segment, 1); !errors.Is(err, ErrDamaged) {
			t.Errorf("postings of other texts than %q: %v", texts, err)
		}
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
	files := Files{filepath.Join(dir, "w"), filepath.Join(dir, "p")}
	if err := Build(ctx, files, rows, 2, func(int) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
