//go:build parts

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/testkit/parts"
)

// program built as users build it, with a folder to work in.
type built struct {
	t   *testing.T
	bin string
	dir string
}

func build(t *testing.T) built {
	t.Helper()
	b := built{t, filepath.Join(t.TempDir(), "ragner"), t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", b.bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b.run(0, "demo", "--keep", ".")
	return b
}

// run runs the program, which must end with an exit code, and gives what it wrote.
func (b built) run(code int, args ...string) (stdout, stderr string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, b.bin, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.dir, &out, &errs
	err := cmd.Run()
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		b.t.Fatal(err)
	}
	if got != code {
		b.t.Fatalf("ragner %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, errs.String())
	}
	return out.String(), errs.String()
}

func (b built) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// TestRealPlumbing takes every command that calls a model through a real server; what so small a model answers
// does not matter.
func TestRealPlumbing(t *testing.T) {
	url := parts.Ollama(t, "smollm2")
	b := build(t)
	b.write("three.jsonl", `{"id":"a","text":"She has cystic fibrosis."}
{"id":"b","text":"Duchenne muscular dystrophy is inherited, 𝒜 says."}
{"id":"c","text":"He is well."}
`)
	if out, _ := b.run(0, "doctor", "-i", "index", "--model", "smollm2", "--url", url); !strings.Contains(out, "ok       model") {
		t.Errorf("doctor: %s", out)
	}
	if out, _ := b.run(0, "prompt", "-i", "index", "--model", "smollm2", "She has gout."); !strings.Contains(out, "She has gout.") {
		t.Errorf("prompt: %s", out)
	}
	for backend, address := range map[string]string{"ollama": url, "openai": url + "/v1"} {
		out, errs := b.run(0, "tag", "-i", "index", "--backend", backend, "--url", address, "--model", "smollm2", "-k", "2", "three.jsonl")
		if n := strings.Count(out, `"error":null`); n != 3 || !strings.Contains(errs, "tagger llm ("+backend+" smollm2)") {
			t.Errorf("%s: %d of 3 documents\n%s", backend, n, errs)
		}
		verify(t, b, out)
	}
	_, errs := b.run(4, "tag", "-i", "index", "--url", url, "--model", "absent", "three.jsonl")
	if !strings.Contains(errs, "absent") || !strings.Contains(errs, "ragner doctor") {
		t.Errorf("missing model: %s", errs)
	}
	if out, _ := b.run(4, "doctor", "--url", url, "--model", "absent"); !strings.Contains(out, "ollama pull absent") {
		t.Errorf("doctor: %s", out)
	}
}

// verify reads predictions, which checks every offset against the text.
func verify(t *testing.T, b built, predictions string) (entities int) {
	t.Helper()
	b.write("check.jsonl", predictions)
	docs, bad, err := corpora.ReadAll(corpora.Spec{Path: filepath.Join(b.dir, "check.jsonl")})
	if err != nil || len(bad) > 0 {
		t.Fatalf("predictions do not verify: %v, %v", err, bad)
	}
	for _, doc := range docs {
		entities += len(doc.Entities)
	}
	return entities
}

// The least strict F1 of the small model on the sentences of TestRealScore, well below what was measured, and how
// much it may lose to the index alone.
const (
	leastF1 = 0.75
	mayLose = 0.02
)

// TestRealScore tags sentences that the index has not, with a model of half a billion parameters, and scores them.
func TestRealScore(t *testing.T) {
	url := parts.Ollama(t, "qwen0.5b")
	b := build(t)
	writeSentences(t, b, "gold.jsonl")
	alone := b.evaluate("alone", "--tagger", "neighbours")
	started := time.Now()
	model := b.evaluate("model", "-k", "3", "--model", "qwen0.5b", "--url", url)
	t.Logf("strict F1 on %d sentences: neighbours %.3f, qwen0.5b %.3f in %v, %d calls",
		model.Documents, alone.Criteria.Strict.Micro.F1, model.Criteria.Strict.Micro.F1, time.Since(started).Round(time.Second), model.Calls)
	if f1 := model.Criteria.Strict.Micro.F1; f1 < leastF1 || f1 < alone.Criteria.Strict.Micro.F1-mayLose {
		t.Errorf("strict F1 %.3f, want %.2f or more, and no less than the index alone (%.3f)", f1, leastF1, alone.Criteria.Strict.Micro.F1)
	}
	if model.Documents != realSentences || model.Failed > 0 || model.Calls != realSentences {
		t.Errorf("%d documents, %d failed, %d calls", model.Documents, model.Failed, model.Calls)
	}
	predictions, err := os.ReadFile(filepath.Join(b.dir, "model", "predictions.jsonl"))
	if err != nil || verify(t, b, string(predictions)) == 0 {
		t.Errorf("no predictions, error %v", err)
	}
}

// realSentences is how many sentences are tagged with the real model.
const realSentences = 40

// writeSentences writes every eighth held-out sentence as a document.
func writeSentences(t *testing.T, b built, name string) {
	t.Helper()
	_, sentences, err := readHeldOut()
	if err != nil {
		t.Fatal(err)
	}
	format, _ := corpora.FormatByName("jsonl")
	w, err := corpora.Create(filepath.Join(b.dir, name), format, corpora.WriteOptions{})
	for i := 0; i < realSentences && err == nil; i++ {
		err = w.Write(sentences[8*i])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (b built) evaluate(dir string, flags ...string) (x ablation.Evaluation) {
	b.t.Helper()
	out, _ := b.run(0, append([]string{"eval", "-i", "index", "--gold", "gold.jsonl", "--json", "-o", dir}, flags...)...)
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		b.t.Fatal(err)
	}
	return x
}
