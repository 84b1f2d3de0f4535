package retrieval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func bm25(weight float64, rows []int, scores ...float64) ranked {
	return ranked{"bm25", weight, rows, scores}
}

func dense(weight float64, rows []int, scores ...float64) ranked {
	return ranked{"dense", weight, rows, scores}
}

func TestFuse(t *testing.T) {
	for _, c := range []struct {
		name, method string
		channels     []ranked
		want         string // "row:score", best first
	}{
		{"nothing", "minmax", nil, ""},
		{"two empty channels", "minmax", []ranked{bm25(0.5, nil), dense(0.5, nil)}, ""},
		{"one channel", "minmax", []ranked{bm25(1, []int{7, 3, 5}, 9, 6, 3)}, "7:1.000 3:0.500 5:0.000"},
		{"one hit is a best one", "minmax", []ranked{bm25(1, []int{7}, 0.1)}, "7:1.000"},
		{"equal scores are all best, in row order", "minmax", []ranked{bm25(1, []int{9, 2, 4}, 3, 3, 3)}, "2:1.000 4:1.000 9:1.000"},
		{"negative similarities", "minmax", []ranked{dense(1, []int{1, 2, 3}, 0.5, 0, -0.5)}, "1:1.000 2:0.500 3:0.000"},
		{
			"both, weighted", "minmax",
			[]ranked{bm25(0.7, []int{1, 2, 3}, 10, 5, 0), dense(0.3, []int{3, 2, 4}, 0.9, 0.6, 0.3)},
			"1:0.700 2:0.500 3:0.300 4:0.000",
		},
		{
			"a channel that found nothing takes nothing away from the order", "minmax",
			[]ranked{bm25(0.5, nil), dense(0.5, []int{6, 2}, 0.8, 0.2)},
			"6:0.500 2:0.000",
		},
		{
			"ranks count, scores do not", "rrf",
			[]ranked{bm25(0.5, []int{1, 2}, 1000, 1), dense(0.5, []int{2, 1}, 0.51, 0.5)},
			"1:0.992 2:0.992",
		},
		{
			"in both lists before the head of one", "rrf",
			[]ranked{bm25(0.5, []int{1, 2}, 3, 2), dense(0.5, []int{3, 2}, 0.9, 0.8)},
			"2:0.984 1:0.500 3:0.500",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range fuse(c.method, c.channels) {
				got = append(got, fmt.Sprintf("%d:%.3f", f.row, f.score))
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("%s, want %s", joined, c.want)
			}
		})
	}
}

func TestFuseNamesContributions(t *testing.T) {
	list := fuse("minmax", []ranked{bm25(0.5, []int{4, 8}, 2, 1), dense(0.5, []int{8}, 0.9)})
	for _, f := range list {
		want := []Contribution{{"bm25", 1, 2}}
		if f.row == 8 {
			want = []Contribution{{"bm25", 2, 1}, {"dense", 1, 0.9}}
		}
		if !slices.Equal(f.from, want) {
			t.Errorf("row %d has %v, want %v", f.row, f.from, want)
		}
	}
}

// TestFusedOrderIsTotal shuffles rows with many ties: the order must not depend on how they came.
func TestFusedOrderIsTotal(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	list := make([]fused, 200)
	for i := range list {
		list[i] = fused{row: i, score: float64(i % 3)}
	}
	slices.SortFunc(list, compareFused)
	want := slices.Clone(list)
	for range 20 {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		slices.SortFunc(list, compareFused)
		for i := range list {
			if list[i].row != want[i].row {
				t.Fatalf("place %d has row %d, then %d", i, want[i].row, list[i].row)
			}
		}
	}
}
