package dense

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ragner/ragner/index/rank"
	"github.com/viterin/vek/vek32"
)

func write(t testing.TB, dimensions int, vectors [][]float32) *Vectors {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vectors")
	w, err := Create(path, dimensions)
	if err != nil {
		t.Fatal(err)
	}
	for _, vector := range vectors {
		if err := w.Append(vector); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func random(r *rand.Rand, dimensions int) []float32 {
	vector := make([]float32, dimensions)
	for i := range vector {
		vector[i] = float32(r.NormFloat64())
	}
	return vector
}

// planted makes n vectors with many ties, near ties in single precision, opposites and zeros.
func planted(r *rand.Rand, n, dimensions int) [][]float32 {
	vectors := make([][]float32, n)
	for i := range vectors {
		switch {
		case i > 0 && r.IntN(3) == 0:
			vectors[i] = vectors[r.IntN(i)]
		case i > 0 && r.IntN(5) == 0:
			vectors[i] = slices.Clone(vectors[r.IntN(i)])
			vectors[i][r.IntN(dimensions)] *= 1 + 1e-6
		case r.IntN(20) == 0:
			vectors[i] = make([]float32, dimensions)
		default:
			vectors[i] = random(r, dimensions)
		}
	}
	return vectors
}

// bruteForce sorts all rows by exact score.
func bruteForce(v *Vectors, query []float32, k int, keep func(int) bool) []rank.Hit {
	unit, err := Normalize(query)
	if err != nil {
		panic(err)
	}
	var hits []rank.Hit
	for row := range v.Len() {
		if !isZero(v.Row(row)) && (keep == nil || keep(row)) {
			hits = append(hits, rank.Hit{Row: row, Score: Dot(unit, v.Row(row))})
		}
	}
	slices.SortFunc(hits, rank.Compare)
	return hits[:min(k, len(hits))]
}

func TestScanChromemAndBruteForceAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 30, 1000, smallRows} {
		for _, dimensions := range []int{1, 3, 256} {
			v := write(t, dimensions, planted(r, n, dimensions))
			for _, k := range []int{1, 3, 20, n, n + 7} {
				query := random(r, dimensions)
				if k == 3 {
					query = v.Row(r.IntN(n))
				}
				var keep func(int) bool
				if k == 20 {
					keep = func(row int) bool { return row%3 != 0 }
				}
				if isZero(query) {
					continue
				}
				want := bruteForce(v, query, k, keep)
				if got := v.Nearest(query, k, keep); !slices.Equal(got, want) {
					t.Fatalf("n=%d d=%d k=%d: chromem %v, want %v", n, dimensions, k, got, want)
				}
				if got := v.nearest(query, k, keep, scan); !slices.Equal(got, want) {
					t.Fatalf("n=%d d=%d k=%d: scan %v, want %v", n, dimensions, k, got, want)
				}
			}
		}
	}
}

func TestParallelScan(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	v := write(t, 5, planted(r, parallelRows+17, 5))
	for range 5 {
		query := random(r, 5)
		if got, want := v.Nearest(query, 50, nil), bruteForce(v, query, 50, nil); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// TestWithoutSIMD: the portable code finds the same.
func TestWithoutSIMD(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	v := write(t, 64, planted(r, smallRows+500, 64))
	query := random(r, 64)
	want := v.Nearest(query, 25, nil)
	vek32.SetAcceleration(false)
	defer vek32.SetAcceleration(true)
	if got := v.Nearest(query, 25, nil); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOddQueries(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{0, 10, smallRows + 10} {
		v := write(t, 4, planted(r, n, 4))
		nan := float32(math.NaN())
		for name, query := range map[string][]float32{
			"zero": {0, 0, 0, 0}, "short": {1}, "none": nil, "not a number": {nan, 0, 0, 0}, "infinite": {float32(math.Inf(1)), 0, 0, 0},
		} {
			if hits := v.Nearest(query, 3, nil); len(hits) != 0 {
				t.Errorf("n=%d: %s query found %v", n, name, hits)
			}
		}
		if hits := v.Nearest([]float32{1, 2, 3, 4}, 0, nil); len(hits) != 0 {
			t.Errorf("k=0 found %v", hits)
		}
		if hits := v.Nearest([]float32{1, 2, 3, 4}, 3, func(int) bool { return false }); len(hits) != 0 {
			t.Errorf("nothing kept, found %v", hits)
		}
	}
	zeros := write(t, 4, make2(30, 4))
	if hits := zeros.Nearest([]float32{1, 2, 3, 4}, 3, nil); len(hits) != 0 {
		t.Errorf("zero vectors hit: %v", hits)
	}
}

func make2(n, dimensions int) [][]float32 {
	vectors := make([][]float32, n)
	for i := range vectors {
		vectors[i] = make([]float32, dimensions)
	}
	return vectors
}

func TestAppendRefuses(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "vectors"), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, vector := range [][]float32{nil, {1}, {1, 2, 3}, {1, float32(math.NaN())}, {float32(math.Inf(-1)), 1}} {
		if err := w.Append(vector); err == nil {
			t.Errorf("%v was taken", vector)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestDamagedFiles(t *testing.T) {
	v := write(t, 2, [][]float32{{1, 0}, {0, 1}, {1, 1}})
	sound := slices.Clone(v.Bytes())
	path := filepath.Join(t.TempDir(), "damaged")
	for size := range sound {
		if err := os.WriteFile(path, sound[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", size, err)
		}
	}
	for i := range sound {
		damaged := slices.Clone(sound)
		damaged[i] ^= 0xff
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(path)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			continue
		}
		d.Nearest([]float32{1, 0}, 3, nil)
		d.Close()
	}
}

func BenchmarkNearest(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{smallRows, 25_000, 95_000} {
		vectors := make([][]float32, n)
		for i := range vectors {
			vectors[i] = random(r, 256)
		}
		v, query := write(b, 256, vectors), random(r, 256)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				v.Nearest(query, 20, nil)
			}
		})
	}
}
