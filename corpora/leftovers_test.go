package corpora

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	own := fmt.Sprintf(".out.jsonl.%d.0.tmp", os.Getpid())
	kept := []string{own, ".out.jsonl.tmp", ".out.jsonl.7.tmp", ".other.7.0.tmp", "out.jsonl.7.0.tmp"}
	for _, name := range append([]string{".out.jsonl.7.0.tmp", ".out.jsonl.12345.11.tmp"}, kept...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, ".out.jsonl.8.0.tmp", "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := RemoveLeftovers(filepath.Join(dir, "out.jsonl")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(kept)
	if slices.Sort(left); !slices.Equal(left, kept) {
		t.Errorf("left are %v, want %v", left, kept)
	}
	if err := RemoveLeftovers(filepath.Join(dir, "none", "out")); err != nil {
		t.Error(err)
	}
}
