package lexical

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ragner/ragner/index/mapped"
)

var smallTexts = []string{"a b c", "a a", "b d", "a", "c c c", "", "a e b"}

// use does everything with a file of these bytes, and reports its first error. It must never panic.
func use(t testing.TB, content, sums []byte, rows int) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := mapped.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if sums != nil {
		if err := f.Guard(sums); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	x, err := Open(f, rows)
	if err != nil {
		return err
	}
	defer func() { _ = x.Close() }()
	var errs []error
	for _, p := range parameters {
		for _, k := range []int{1, 3, 100} {
			_, err := x.Search(Query{Tokens: []string{"a", "b", "c", "c", "d", "e", "f", "w1"}, K: k, Parameters: p})
			errs = append(errs, err)
		}
	}
	for row := range rows {
		_, err := x.Length(row)
		errs = append(errs, err)
	}
	_, err = x.DocumentFrequency("b")
	return errors.Join(append(errs, err)...)
}

// TestDamagedPostings flips every byte and cuts the file everywhere.
func TestDamagedPostings(t *testing.T) {
	for name, texts := range map[string][]string{"dense": smallTexts, "sparse": append(slices.Repeat([]string{"z"}, 200), smallTexts...)} {
		t.Run(name, func(t *testing.T) {
			sound, err := os.ReadFile(buildFiles(t, texts, 1).Postings)
			if err != nil {
				t.Fatal(err)
			}
			sums := mapped.Sums(sound)
			if err := use(t, sound, sums, len(texts)); err != nil {
				t.Fatal(err)
			}
			for i := range sound {
				for _, flip := range []byte{0x01, 0x80, 0xff} {
					damaged := slices.Clone(sound)
					damaged[i] ^= flip
					if err := use(t, damaged, sums, len(texts)); !errors.Is(err, ErrDamaged) {
						t.Fatalf("byte %d flipped, guarded: %v", i, err)
					}
					if err := use(t, damaged, nil, len(texts)); err != nil && !errors.Is(err, ErrDamaged) {
						t.Fatalf("byte %d flipped: %v", i, err)
					}
				}
				if err := use(t, sound[:i], nil, len(texts)); !errors.Is(err, ErrDamaged) {
					t.Fatalf("cut to %d bytes: %v", i, err)
				}
			}
			for _, rows := range []int{0, len(texts) - 1, len(texts) + 1} {
				if err := use(t, sound, nil, rows); !errors.Is(err, ErrDamaged) {
					t.Errorf("opened for %d rows: %v", rows, err)
				}
			}
		})
	}
}

// TestDamagedSegment: a segment that ends too early is told when it is compared.
func TestDamagedSegment(t *testing.T) {
	files := buildFiles(t, smallTexts, 1)
	x := openFile(t, files.Postings, len(smallTexts))
	sound, err := os.ReadFile(files.Segment)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 10, 40, len(sound) / 2} {
		if err := os.WriteFile(files.Segment, sound[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		if err := x.Verify(t.Context(), files.Segment, 1); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", size, err)
		}
	}
}

// FuzzPostings reads any bytes as postings.
func FuzzPostings(f *testing.F) {
	for _, texts := range [][]string{smallTexts, append(slices.Repeat([]string{"z"}, 200), smallTexts...), {}} {
		sound, err := os.ReadFile(buildFiles(f, texts, 1).Postings)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sound, len(texts))
	}
	f.Fuzz(func(t *testing.T, content []byte, rows int) {
		if err := use(t, content, nil, min(max(rows, 0), 1000)); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}
