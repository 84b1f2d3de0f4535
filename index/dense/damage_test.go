package dense

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/rank"
)

// contents are the bytes of both files.
type contents struct{ vectors, codes []byte }

func read(t testing.TB, files Files) (c contents) {
	t.Helper()
	var err error
	if c.vectors, err = os.ReadFile(files.Vectors); err != nil {
		t.Fatal(err)
	}
	if c.codes, err = os.ReadFile(files.Codes); err != nil {
		t.Fatal(err)
	}
	return c
}

func openContents(c contents) (*Vectors, error) {
	return assemble(Files{"vectors", "codes"}, &mapped.File{Bytes: c.vectors}, &mapped.File{Bytes: c.codes})
}

func guardBoth(t testing.TB, v *Vectors, sums contents) {
	t.Helper()
	vectors, codes := v.Files()
	if err := errors.Join(vectors.Guard(sums.vectors), codes.Guard(sums.codes)); err != nil {
		t.Fatal(err)
	}
}

func TestCutFiles(t *testing.T) {
	sound := read(t, writeFiles(t, 2, [][]float32{{1, 0}, {0, 1}, {1, 1}}))
	for size := range sound.vectors {
		if _, err := openContents(contents{sound.vectors[:size], sound.codes}); !errors.Is(err, ErrDamaged) {
			t.Fatalf("vectors cut to %d bytes: %v", size, err)
		}
	}
	for size := range sound.codes {
		if _, err := openContents(contents{sound.vectors, sound.codes[:size]}); !errors.Is(err, ErrDamaged) {
			t.Fatalf("codes cut to %d bytes: %v", size, err)
		}
	}
}

func TestFilesOfTwoCollections(t *testing.T) {
	one, two := writeFiles(t, 2, [][]float32{{1, 0}}), writeFiles(t, 2, [][]float32{{1, 0}, {0, 1}})
	three := writeFiles(t, 3, [][]float32{{1, 0, 0}})
	for _, files := range []Files{{one.Vectors, two.Codes}, {two.Vectors, one.Codes}, {one.Vectors, three.Codes}, {one.Codes, one.Vectors}} {
		if _, err := Open(files); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v: %v", files, err)
		}
	}
}

// TestEachFlippedByte: with checksums a damaged file gives an error or, where the search did not come to the damage,
// the right hits; without them no panic.
func TestEachFlippedByte(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	for _, rows := range []int{20, smallRows + 20} {
		files := writeFiles(t, 3, planted(r, rows, 3))
		sound := read(t, files)
		sums := contents{mapped.Sums(sound.vectors), mapped.Sums(sound.codes)}
		v, err := openContents(sound)
		if err != nil {
			t.Fatal(err)
		}
		query := []float32{1, 2, 3}
		want := nearest(t, v, query, 3, nil)
		for i := range len(sound.vectors) + len(sound.codes) {
			damaged := contents{slices.Clone(sound.vectors), slices.Clone(sound.codes)}
			if i < len(sound.vectors) {
				damaged.vectors[i] ^= 1 << r.IntN(8)
			} else {
				damaged.codes[i-len(sound.vectors)] ^= 1 << r.IntN(8)
			}
			hits, found := searchDamaged(t, damaged, sums, query)
			if !found && !slices.Equal(hits, want) {
				t.Fatalf("byte %d: %v, want %v or an error", i, hits, want)
			}
			usesCodes := rows > smallRows && i >= len(sound.vectors)
			if !found && (usesCodes || i < headerSize+12) {
				t.Fatalf("byte %d was flipped and used, and not found", i)
			}
		}
	}
}

// searchDamaged searches without and with checksums, and reports whether the damage was found with them.
func searchDamaged(t *testing.T, damaged, sums contents, query []float32) (hits []rank.Hit, found bool) {
	t.Helper()
	v, err := openContents(damaged)
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		return nil, true
	}
	if _, err := v.Nearest(query, 3, nil); err != nil {
		t.Fatalf("without checksums: %v", err)
	}
	v.small = lazyChromem{}
	guardBoth(t, v, sums)
	hits, err = v.Nearest(query, 3, nil)
	if err != nil && (!errors.Is(err, ErrDamaged) || hits != nil) {
		t.Fatalf("%v, %v", hits, err)
	}
	return hits, err != nil
}

// TestDamageInAnyBlock: in files of many blocks, on several cores.
func TestDamageInAnyBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	vectors := make([][]float32, 5000)
	for i := range vectors {
		vectors[i] = random(r, 100)
	}
	sound := read(t, writeFiles(t, 100, vectors))
	sums := contents{mapped.Sums(sound.vectors), mapped.Sums(sound.codes)}
	q := Query{Vector: random(r, 100), K: 5}
	q.Vector, _ = Normalize(q.Vector)
	for at := 0; at < len(sound.codes); at += mapped.BlockSize {
		damaged := slices.Clone(sound.codes)
		damaged[min(at+r.IntN(mapped.BlockSize), len(damaged)-1)] ^= 4
		v, err := openContents(contents{sound.vectors, damaged})
		if errors.Is(err, ErrDamaged) {
			continue // in the header
		}
		if err != nil {
			t.Fatal(err)
		}
		guardBoth(t, v, sums)
		for _, workers := range []int{1, 2} {
			if _, err := v.scanBy([]Query{q}, workers); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d workers, block at %d: %v", workers, at, err)
			}
		}
	}
}

func TestRowsAreChecked(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	sound := read(t, writeFiles(t, 64, planted(r, 400, 64)))
	sums := contents{mapped.Sums(sound.vectors), mapped.Sums(sound.codes)}
	damaged := contents{slices.Clone(sound.vectors), sound.codes}
	damaged.vectors[headerSize+4*64*250] ^= 1
	v, err := openContents(damaged)
	if err != nil {
		t.Fatal(err)
	}
	guardBoth(t, v, sums)
	if _, err := v.Row(0); err != nil {
		t.Errorf("a row in a sound block: %v", err)
	}
	if _, err := v.Row(250); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged row: %v", err)
	}
}

// FuzzOpen: no content makes a search panic.
func FuzzOpen(f *testing.F) {
	r := rand.New(rand.NewPCG(14, 14))
	for _, rows := range []int{0, 3, smallRows + 1} {
		sound := read(f, writeFiles(f, 5, planted(r, rows, 5)))
		f.Add(sound.vectors, sound.codes)
	}
	f.Fuzz(func(t *testing.T, vectors, codes []byte) {
		v, err := openContents(contents{vectors, codes})
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		query := slices.Repeat([]float32{1}, v.Dimensions())
		for _, workers := range []int{1, 2} {
			if q, ok := v.sound(Query{Vector: query, K: 2}); ok {
				if _, err := v.scanBy([]Query{q}, workers); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := v.Nearest(query, 2, nil); err != nil {
			t.Fatal(err)
		}
	})
}
