package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"

	"github.com/ragner/ragner/internal/ablation"
)

// spelled writes lines as "name: x=row x=row".
func spelled(all []line) (out []string) {
	for _, l := range all {
		s := l.Name + ":"
		for _, p := range l.Points {
			s += fmt.Sprintf(" %v=%d", p.X, p.Row.Number)
		}
		out = append(out, s)
	}
	return out
}

func TestLines(t *testing.T) {
	pooled := made()
	pooled.Rows[5].Settings[poolKey] = 500 // the setting that makes the pool sets no row apart from its line
	untagged := made()
	for i := range untagged.Rows {
		untagged.Rows[i].Tagger = []string{"llm", "neighbours"}[i%2]
	}
	for _, c := range []struct {
		name string
		r    ablation.Results
		x    quantity
		y    figure
		want []string
	}{
		{"by k, without partial and failed rows", made(), byK, strictF1, []string{"terms 0: 0=1 1=2 5=3", "terms 10: 1=4 5=5"}},
		{"by pool", pooled, byPool, strictF1, []string{": 500=6 6347=5"}},
		{"other taggers are no line", untagged, byK, strictF1, []string{": 0=1 5=3"}},
		{"a figure that no row has", made(), byK, coverage, nil},
		{"retrieval by k", madeRetrieval(), byK, tokenVote, []string{"mode lexical: 1=1 5=3 20=5", "mode hybrid: 1=2 5=4 20=6"}},
		{"retrieval by pool", madeRetrieval(), byPool, coverage, []string{": 100=7 1000=8 6347=4"}},
		{"one row", ablation.Results{Rows: made().Rows[:1]}, byK, strictF1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, spelled(lines(newRows(c.r), c.x, c.y))); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestShortKey(t *testing.T) {
	among := []string{"embedder.spec", "retrieval.k", "retrieval.pool", "unknown.key"}
	for key, want := range map[string]string{
		"embedder.spec": "embedder", "retrieval.k": "k", "retrieval.pool": "retrieval.pool", "pool": "pool", "unknown.key": "unknown.key",
	} {
		if got := shortKey(key, among); got != want {
			t.Errorf("%s became %s, want %s", key, got, want)
		}
	}
}

func TestFrontier(t *testing.T) {
	for _, c := range []struct {
		name string
		in   [][2]float64 // cost and quality
		want string       // costs and qualities on the frontier
	}{
		{"none", nil, ""},
		{"one", [][2]float64{{1, .5}}, "1:0.5"},
		{"a worse and dearer one", [][2]float64{{2, .4}, {1, .5}}, "1:0.5"},
		{"better and dearer", [][2]float64{{2, .6}, {1, .5}, {3, .55}}, "1:0.5 2:0.6"},
		{"better at the same cost", [][2]float64{{1, .4}, {1, .5}}, "1:0.5"},
		{"as good for less", [][2]float64{{2, .5}, {1, .5}}, "1:0.5"},
		{"equals stand together", [][2]float64{{1, .5}, {2, .6}, {1, .5}}, "1:0.5 1:0.5 2:0.6"},
		{"nothing found for nothing", [][2]float64{{0, 0}, {1, .1}}, "0:0 1:0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []offer
			for _, x := range c.in {
				all = append(all, offer{Cost: x[0], Quality: x[1]})
			}
			markFrontier(all)
			var on []string
			for _, o := range all {
				if o.Frontier {
					on = append(on, fmt.Sprintf("%v:%v", o.Cost, o.Quality))
				}
			}
			if got := strings.Join(on, " "); got != c.want {
				t.Errorf("frontier %q, want %q", got, c.want)
			}
		})
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		in, want []vg.Length
	}{
		{nil, nil},
		{[]vg.Length{10, 50}, []vg.Length{10, 50}},
		{[]vg.Length{10, 12, 14}, []vg.Length{10, 30, 50}},
		{[]vg.Length{95, 96, 97}, []vg.Length{60, 80, 100}},
		{[]vg.Length{5, 99, 100}, []vg.Length{5, 80, 100}},
	} {
		if got := apart(c.in, 20, 100); !slices.Equal(got, c.want) {
			t.Errorf("%v became %v, want %v", c.in, got, c.want)
		}
	}
}

func TestShareTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0, 1, ".00 .20 .40 .60 .80 1.00"},
		{.6, .65, ".60 .61 .62 .63 .64 .65"},
		{.15, .75, ".20 .30 .40 .50 .60 .70"},
		{.95, 1, ".95 .96 .97 .98 .99 1.00"},
	} {
		var labels []string
		for _, tick := range shareTicks(c.low, c.high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

// The best is among the done rows, whatever a partial one scored on fewer documents.
func TestBest(t *testing.T) {
	r := made()
	r.Rows[6].Evaluation.Criteria.Strict.Micro.F1 = .99
	rows := newRows(r)
	if !rows[4].Best || rows[6].Best {
		t.Errorf("best row: %q", best(rows, strictF1)[0].Name)
	}
	r.Rows[0].Evaluation.Criteria.Strict.Micro.F1 = .66
	if tied := newRows(r); !tied[0].Best || tied[4].Best {
		t.Error("of equal rows the reference is not the best")
	}
	r.Rows[0].Evaluation.Criteria.Strict.Micro.F1 = .21
	var numbers []int
	for _, l := range leaders(rows, strictF1, 2) {
		numbers = append(numbers, l.Number)
	}
	if !slices.Equal(numbers, []int{1, 3, 5}) {
		t.Errorf("leaders %v, want the best two and the reference", numbers)
	}
}

// A chart with everything that can go wrong in it still draws: a thousand rows, equal values, no width.
func TestExtremes(t *testing.T) {
	r := made()
	for i := range 1000 {
		x := madeRow(strings.Repeat("長い名前", 60), i%3, i, 1+i%5, float64(i%2))
		x.Cases = nil
		r.Rows = append(r.Rows, x)
	}
	drawn, err := charts(r, newRows(r))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range drawn {
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(string(c.SVG), bad) {
				t.Errorf("%s: %s in the picture", c.Title, bad)
			}
		}
	}
	if len(drawn) != 7 {
		t.Errorf("%d charts", len(drawn))
	}
}
