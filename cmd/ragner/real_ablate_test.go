//go:build parts

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/testkit/parts"
)

const realGrid = `name: real
reference: alone
rows:
  - {name: alone, set: {tagger: neighbours}}
  - {name: one shot, set: {tagger: llm, trust: 1, k: 1}}
  - {name: two shots, set: {tagger: llm, trust: 1, k: 2}}
  - {name: weighed, set: {tagger: llm, trust: 0, k: 2}}
`

// TestRealAblate interrupts an ablation with a real model by Ctrl-C, looks at the report that it leaves, and lets it go
// on: no answer is paid for twice.
func TestRealAblate(t *testing.T) {
	url := parts.Ollama(t, "qwen0.5b")
	b := build(t)
	writeSentences(t, b, "gold.jsonl")
	b.write("grid.yaml", realGrid)
	args := []string{
		"ablate", "-i", "index", "--gold", "gold.jsonl", "--sample", "6", "--grid", "grid.yaml", "-o", "abl",
		"--model", "qwen0.5b", "--url", url, "--concurrency", "1",
	}
	interrupted := b.interrupt(args, func() bool { return b.lines("abl/rows", "one-shot") >= 3 })
	if !interrupted.Interrupted || interrupted.Rows[0].State != ablation.Done || interrupted.Rows[1].State != ablation.Partial {
		t.Errorf("after Ctrl-C: interrupted %v, rows %s, %s", interrupted.Interrupted, interrupted.Rows[0].State, interrupted.Rows[1].State)
	}
	b.run(0, args...)
	whole := b.results()
	for i, calls := range []int{0, 6, 6, 0} { // the weighed row reads the answers of the row before it
		x := whole.Rows[i].Evaluation
		if x == nil || x.Documents != 6 || x.Failed > 0 || i < 3 && x.Calls != calls || i == 3 && x.Calls+x.CacheHits != 6 {
			t.Fatalf("row %s: %+v", whole.Rows[i].Name, x)
		}
	}
	if hits := whole.Rows[3].Evaluation.CacheHits; hits != 6 {
		t.Errorf("the weighed row took %d of 6 answers from the cache", hits)
	}
	if whole.Interrupted || whole.Rows[2].Model == "" || whole.Rows[2].Evaluation.Seconds <= 0 {
		t.Errorf("interrupted %v, model %q", whole.Interrupted, whole.Rows[2].Model)
	}
}

// interrupt starts the program, sends it Ctrl-C when the time has come, and reads the results that it leaves.
func (b built) interrupt(args []string, now func() bool) ablation.Results {
	b.t.Helper()
	var errs bytes.Buffer
	cmd := exec.Command(b.bin, args...)
	cmd.Dir, cmd.Stderr = b.dir, &errs
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !now() {
		select {
		case err := <-ended:
			b.t.Fatalf("it ended before it was interrupted: %v\n%s", err, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		b.t.Fatal(err)
	}
	if err := <-ended; err == nil {
		b.t.Fatalf("it ended well in spite of Ctrl-C\n%s", errs.String())
	}
	return b.results()
}

// lines counts the outcomes in the journal of a row.
func (b built) lines(dir, row string) int {
	files, err := filepath.Glob(filepath.Join(b.dir, dir, row+"*.jsonl"))
	if err != nil || len(files) == 0 {
		return 0
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n")) - 1
}

func (b built) results() (r ablation.Results) {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "abl", "results.json"))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		b.t.Fatal(err)
	}
	return r
}
