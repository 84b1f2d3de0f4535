//go:build parts

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/testkit/parts"
)

// TestRealEmbedder builds an index with a real server's vectors, kills the build in the middle as no program can expect,
// and lets it go on. That the model is none for embeddings does not matter: a sentence finds itself.
func TestRealEmbedder(t *testing.T) {
	url := parts.Ollama(t, "smollm2")
	b := build(t)
	writeSentences(t, b, "all.jsonl")
	all, err := os.ReadFile(filepath.Join(b.dir, "all.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	b.write("texts.jsonl", strings.Join(strings.SplitAfter(string(all), "\n")[:24], "")) // real models are slow
	args := []string{
		"index", "-o", "idx", "--corpus", "texts.jsonl", "--embedder", "ollama:smollm2", "--embedder-url", url,
		"--embedder-batch", "2", "--embedder-concurrency", "1", "--json",
	}
	killed := exec.Command(b.bin, args...)
	killed.Dir = b.dir
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, filepath.Join(b.dir, "idx", index.CacheName), 64<<10)
	_ = killed.Process.Kill()
	_ = killed.Wait()
	if _, err := os.Stat(filepath.Join(b.dir, "idx", "CURRENT")); err == nil {
		t.Fatal("the build was done before it was killed")
	}
	out, _ := b.run(0, args...)
	var report struct {
		Recalled int
		Counts   index.Counts
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Recalled < 1 || report.Recalled >= report.Counts.DistinctSentences {
		t.Errorf("%d of %d vectors were recalled, error %v", report.Recalled, report.Counts.DistinctSentences, err)
	}
	out, _ = b.run(0, "inspect", "idx", "--verify", "--json")
	if !strings.Contains(out, `"id": "ollama:smollm2@`) || !strings.Contains(out, `"unknown": 0`) {
		t.Errorf("inspect: %s", out)
	}
	x, err := index.Open(filepath.Join(b.dir, "idx"), index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer release(x)
	for _, row := range []int{0, x.Sentences().Len() - 1} {
		out, _ := b.run(0, "search", "-i", "idx", "--mode", "dense", "-k", "1", "--coverage=false", "--embedder-url", url, "--json", x.Sentences().Text(row))
		if want := x.Sentence(row).DocID; !strings.Contains(out, want) {
			t.Errorf("sentence %d does not find itself, %s", row, want)
		}
	}
}

// await waits until a file has so many bytes.
func await(t *testing.T, path string, size int64) {
	t.Helper()
	for range 6000 {
		if info, err := os.Stat(path); err == nil && info.Size() >= size {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s has not got %d bytes in 5 minutes", path, size)
}
