package dense

import (
	"cmp"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ragner/ragner/index/rank"
)

func write(t testing.TB, dimensions int, vectors [][]float32) *Vectors {
	t.Helper()
	files := writeFiles(t, dimensions, vectors)
	v, err := Open(files)
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

func filesIn(dir string) Files {
	return Files{Vectors: filepath.Join(dir, "vectors"), Codes: filepath.Join(dir, "codes")}
}

func writeFiles(t testing.TB, dimensions int, vectors [][]float32) Files {
	t.Helper()
	files := filesIn(t.TempDir())
	w, err := Create(files, dimensions)
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
	return files
}

// at is a row that must be sound.
func at(v *Vectors, row int) []float32 {
	vector, err := v.Row(row)
	if err != nil {
		panic(err)
	}
	return vector
}

// nearest is Nearest without an error.
func nearest(t testing.TB, v *Vectors, query []float32, k int, keep func(int) bool) []rank.Hit {
	t.Helper()
	hits, err := v.Nearest(query, k, keep)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

// scanned is what the scan finds, whatever the size, on so many cores.
func scanned(t testing.TB, v *Vectors, q Query, workers int) []rank.Hit {
	t.Helper()
	q, ok := v.sound(q)
	if !ok {
		return nil
	}
	hits, err := v.scanBy([]Query{q}, workers)
	if err != nil {
		t.Fatal(err)
	}
	return hits[0]
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
		if !isZero(at(v, row)) && (keep == nil || keep(row)) {
			hits = append(hits, rank.Hit{Row: row, Score: Dot(unit, at(v, row))})
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
					query = at(v, r.IntN(n))
				}
				var keep func(int) bool
				if k == 20 {
					keep = func(row int) bool { return row%3 != 0 }
				}
				if isZero(query) {
					continue
				}
				want := bruteForce(v, query, k, keep)
				if got := nearest(t, v, query, k, keep); !slices.Equal(got, want) {
					t.Fatalf("n=%d d=%d k=%d: chromem %v, want %v", n, dimensions, k, got, want)
				}
				if got := scanned(t, v, Query{query, k, keep}, 1); !slices.Equal(got, want) {
					t.Fatalf("n=%d d=%d k=%d: scan %v, want %v", n, dimensions, k, got, want)
				}
			}
		}
	}
}

// TestAnyOrderKernelAndNumberOfWorkers: rows that get better and better, so that each is a candidate when it is met,
// and the same rows the other way round, for each kernel and number of workers.
func TestAnyOrderKernelAndNumberOfWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	defer func(k kernel) { fastest = k }(fastest)
	query := random(r, 70)
	vectors := planted(r, 20_000, 70)
	slices.SortStableFunc(vectors, func(a, b []float32) int { return cmp.Compare(cosine(a, query), cosine(b, query)) })
	for range 2 {
		v := write(t, 70, vectors)
		for _, k := range []int{1, 50, 7000} {
			for _, keep := range []func(int) bool{nil, func(row int) bool { return row%7 == 2 }} {
				want := bruteForce(v, query, k, keep)
				for _, fastest = range kernels() {
					for _, workers := range []int{1, 2, 3} {
						if got := scanned(t, v, Query{query, k, keep}, workers); !slices.Equal(got, want) {
							t.Fatalf("k=%d %s, %d workers: %v, want %v", k, fastest.name, workers, got, want)
						}
					}
				}
			}
		}
		slices.Reverse(vectors)
	}
}

func cosine(a, b []float32) float64 {
	if isZero(a) {
		return 0
	}
	return Dot(a, b) / math.Sqrt(Dot(a, a))
}

// TestParallelScan: a file large enough for Nearest itself to use several cores.
func TestParallelScan(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	v := write(t, 5, planted(r, parallelBytes/64+17, 5))
	for range 5 {
		query := random(r, 5)
		if got, want := nearest(t, v, query, 50, nil), bruteForce(v, query, 50, nil); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// TestKeepIsAskedLate: a scan asks about few rows, one at a time.
func TestKeepIsAskedLate(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	vectors := make([][]float32, 20_000)
	for i := range vectors {
		vectors[i] = random(r, 32)
	}
	v := write(t, 32, vectors)
	asked := 0 // without a lock of its own: the race detector watches
	q := Query{random(r, 32), 10, func(int) bool { asked++; return true }}
	if scanned(t, v, q, 3); asked > len(vectors)/4 {
		t.Errorf("asked about %d of %d rows", asked, len(vectors))
	}
}

func TestBatchesAnswerAsSingleQueries(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	nan := float32(math.NaN())
	for _, n := range []int{0, 50, 3000} {
		v := write(t, 24, planted(r, n, 24))
		queries := []Query{{Vector: make([]float32, 24), K: 3}, {Vector: []float32{1}, K: 3}, {Vector: slices.Repeat([]float32{nan}, 24), K: 3}, {Vector: random(r, 24)}}
		for i := range 20 {
			queries = append(queries, Query{random(r, 24), 1 + i*i, nil}, Query{random(r, 24), 5, func(row int) bool { return row%5 == i%5 }})
		}
		hits, err := v.NearestBatch(queries)
		if err != nil || len(hits) != len(queries) {
			t.Fatalf("%d answers: %v", len(hits), err)
		}
		for i, q := range queries {
			if want := nearest(t, v, q.Vector, q.K, q.Keep); !slices.Equal(hits[i], want) {
				t.Errorf("n=%d, query %d: %v, want %v", n, i, hits[i], want)
			}
		}
	}
	v := write(t, 24, planted(r, 3000, 24))
	if hits, err := v.NearestBatch(nil); err != nil || len(hits) != 0 {
		t.Errorf("no queries: %v, %v", hits, err)
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
			if hits := nearest(t, v, query, 3, nil); len(hits) != 0 {
				t.Errorf("n=%d: %s query found %v", n, name, hits)
			}
		}
		for _, k := range []int{0, -1} {
			if hits := nearest(t, v, []float32{1, 2, 3, 4}, k, nil); len(hits) != 0 {
				t.Errorf("k=%d found %v", k, hits)
			}
		}
		if hits := nearest(t, v, []float32{1, 2, 3, 4}, 3, func(int) bool { return false }); len(hits) != 0 {
			t.Errorf("nothing kept, found %v", hits)
		}
		if hits := nearest(t, v, []float32{1, 2, 3, 4}, math.MaxInt, nil); len(hits) > n {
			t.Errorf("%d hits of %d rows", len(hits), n)
		}
	}
	for _, n := range []int{30, smallRows + 10} {
		zeros := write(t, 4, make2(n, 4))
		if hits := nearest(t, zeros, []float32{1, 2, 3, 4}, 3, nil); len(hits) != 0 {
			t.Errorf("zero vectors hit: %v", hits)
		}
	}
}

func make2(n, dimensions int) [][]float32 {
	vectors := make([][]float32, n)
	for i := range vectors {
		vectors[i] = make([]float32, dimensions)
	}
	return vectors
}
