package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestStack: what is known of models is kept for each, replaced by what is learned anew, gone with a build, and refused for
// an index that was built since; nothing else changes.
func TestStack(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, sampleInput(t), sampleOptions())
	ctx := context.Background()
	write := func(model string, weight float64) error {
		x := open(t, dir)
		return Stack(ctx, dir, x, Stacked{Model: model, Ask: "entities", Weights: []float64{0, 1, weight}})
	}
	for _, w := range []struct {
		model  string
		weight float64
	}{{"a", 1}, {"b", 2}, {"a", 3}} {
		if err := write(w.model, w.weight); err != nil {
			t.Fatal(err)
		}
	}
	m := open(t, dir).Manifest()
	for model, want := range map[string]float64{"a": 3, "b": 2} {
		if s, ok := m.StackedFor(model, "entities"); !ok || s.Weights[2] != want {
			t.Errorf("of %s: %+v, %v", model, s, ok)
		}
	}
	if _, ok := m.StackedFor("a", "questions"); ok || len(m.Stacked) != 2 || m.Generation != 4 {
		t.Errorf("generation %d, %+v", m.Generation, m.Stacked)
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
	old := open(t, dir)
	build(t, dir, sampleInput(t), sampleOptions())
	if err := Stack(ctx, dir, old, Stacked{Model: "c"}); !errors.Is(err, ErrMismatch) {
		t.Errorf("of an index that was built since: error %v", err)
	}
	if s := open(t, dir).Manifest().Stacked; s != nil {
		t.Errorf("after a build: %+v", s)
	}
}

// TestCopy: where a file cannot have another name it is copied.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(from, to); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(to); err != nil || string(data) != "content" {
		t.Errorf("%q, error %v", data, err)
	}
	if err := linkOrCopy(filepath.Join(dir, "none"), filepath.Join(dir, "x")); err == nil {
		t.Error("a file that is not there is copied")
	}
}
