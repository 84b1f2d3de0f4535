package ablation_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
)

// picks runs a grid over pick and pool, and gives the documents of each row's index, in their order.
func picks(t *testing.T, dir, out, grid string) (map[string][]corpora.Document, ablation.Results) {
	t.Helper()
	j := newJob(t, plan(t, grid, settings(dir)), goldDocuments(t, 2))
	j.Dir = out
	rows := map[string][]corpora.Document{}
	open := j.Open
	j.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
		x, err := index.Open(c.Index, index.OpenOptions{Verify: true})
		if err != nil {
			return nil, err
		}
		defer x.Close()
		rows[filepath.Base(c.Index)] = slices.Collect(x.Documents())
		return open(ctx, c)
	}
	return rows, runs(t, j)
}

const pickGrid = "retrieval_only: true\nset: {suggest-start: 20}\nvary: {pick: [random, suggest], pool: [20, 40]}"

// TestPick shows that pools of single sentences are parts of one another, that both ways begin with the same sentences, and
// that suggestions bring others than chance does.
func TestPick(t *testing.T) {
	dir := poolWorld(t).build(t, filepath.Join(t.TempDir(), "index"))
	rows, r := picks(t, dir, t.TempDir(), pickGrid)
	if len(rows) != 4 || len(r.Rows) != 4 {
		t.Fatalf("%d indexes, %d rows", len(rows), len(r.Rows))
	}
	ids := map[string][]string{}
	for name, docs := range rows {
		for _, d := range docs {
			if len(d.Sentences) != 1 {
				t.Errorf("%s: document %s has %d sentences", name, d.ID, len(d.Sentences))
			}
			ids[name] = append(ids[name], d.ID)
		}
	}
	var small, large [][]string
	for name, list := range ids {
		if strings.HasPrefix(name, "pool-20-") {
			small = append(small, list)
		} else {
			large = append(large, list)
		}
	}
	if len(small) != 2 || !slices.Equal(small[0], small[1]) || len(small[0]) != 20 {
		t.Fatalf("the pools begin with %v", small)
	}
	if len(large) != 2 || len(large[0]) != 40 || len(large[1]) != 40 || slices.Equal(large[0], large[1]) {
		t.Fatalf("the larger pools: %v", large)
	}
	for _, list := range large {
		if !slices.Equal(list[:20], small[0]) {
			t.Errorf("%v does not begin with %v", list, small[0])
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(list))); len(distinct) != 40 {
			t.Errorf("%d distinct sentences in %v", len(distinct), list)
		}
	}
}

// TestPickAgain shows that the same is picked for any order of rows, and that what was suggested is not asked for again.
func TestPickAgain(t *testing.T) {
	dir, out := poolWorld(t).build(t, filepath.Join(t.TempDir(), "index")), t.TempDir()
	small, _ := picks(t, dir, out, "retrieval_only: true\nset: {suggest-start: 20, pick: suggest}\nvary: {pool: [25, 40]}")
	direct, _ := picks(t, dir, t.TempDir(), "retrieval_only: true\nset: {suggest-start: 20, pick: suggest}\nvary: {pool: [40]}")
	for name, docs := range direct {
		if fmt.Sprint(small[name]) != fmt.Sprint(docs) {
			t.Errorf("%s differs when a smaller pool came before", name)
		}
	}
	if left, err := filepath.Glob(filepath.Join(out, "indexes", "round-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
