//go:build parts

package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit/parts"
)

// TestRealOllama proves the plumbing with a small model: what it says does not matter, what the server does with a
// request does.
func TestRealOllama(t *testing.T) {
	url := parts.Ollama(t, "smollm2")
	for _, backend := range []string{"ollama", "openai"} {
		t.Run(backend, func(t *testing.T) {
			b, err := llm.New(backend, llm.Options{URL: url, Model: "smollm2", ContextSize: 1024})
			if err != nil {
				t.Fatal(err)
			}
			realProbe(t, b)
			realSchema(t, b)
			realStop(t, b)
			realLimit(t, b)
			realCancel(t, b)
		})
	}
	t.Run("overflow", func(t *testing.T) { realOverflow(t, url) })
	t.Run("embeddings", func(t *testing.T) { realEmbeddings(t, url) })
}

func user(text string, tokens int) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: "user", Content: text}}, MaxTokens: tokens}
}

func realProbe(t *testing.T, b llm.Backend) {
	report, err := b.Probe(context.Background())
	if err != nil || !report.HasModel || !report.Answers || !report.Logprobs {
		t.Errorf("%+v, error %v", report, err)
	}
	if id, err := b.Identity(context.Background()); err != nil || !strings.Contains(id, "smollm2") {
		t.Errorf("identity %q, error %v", id, err)
	}
}

func realSchema(t *testing.T, b llm.Backend) {
	r := user("Sentence: Patients with cystic fibrosis were seen. Give the diseases as JSON.", 120)
	r.Schema = json.RawMessage(`{"type":"object","properties":{"diseases":{"type":"array","items":{"type":"string"},"maxItems":2}},"required":["diseases"]}`)
	answer, err := b.Generate(context.Background(), r)
	if err != nil {
		t.Error(err)
		return
	}
	var parsed struct{ Diseases []string }
	if err := json.Unmarshal([]byte(answer.Text), &parsed); err != nil || len(parsed.Diseases) == 0 {
		t.Errorf("the schema was not followed: %v", err)
	}
	if answer.PromptTokens == 0 || answer.OutputTokens == 0 || len(answer.Logprobs) == 0 {
		t.Errorf("counts %d and %d, %d log-probabilities", answer.PromptTokens, answer.OutputTokens, len(answer.Logprobs))
	}
}

func realStop(t *testing.T, b llm.Backend) {
	r := user("Repeat: one two three four.", 60)
	r.Stop = []string{" ", "."}
	answer, err := b.Generate(context.Background(), r)
	if err != nil || strings.ContainsAny(answer.Text, " .") {
		t.Errorf("%q, error %v", answer.Text, err)
	}
}

func realLimit(t *testing.T, b llm.Backend) {
	r := user("Write a long story about a ship.", 5)
	var failed *llm.Error
	if _, err := b.Generate(context.Background(), r); !errors.As(err, &failed) || failed.Kind != llm.Incomplete {
		t.Errorf("error %v", err)
	}
	r.AllowCut = true
	if answer, err := b.Generate(context.Background(), r); err != nil || !answer.Cut || answer.OutputTokens != 5 {
		t.Errorf("%d tokens, cut %v, error %v", answer.OutputTokens, answer.Cut, err)
	}
}

func realCancel(t *testing.T, b llm.Backend) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := b.Generate(ctx, user("Write a long story about a ship and her crew.", 900))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}

// A prompt with few words and many tokens passes our own estimate: the server must say that it is too long.
func realOverflow(t *testing.T, url string) {
	b, err := llm.NewOllama(llm.Options{URL: url, Model: "smollm2", ContextSize: 1024})
	if err != nil {
		t.Fatal(err)
	}
	var failed *llm.Error
	_, err = b.Generate(context.Background(), user(strings.Repeat("hyperphenylalaninaemia ", 300), 8))
	if !errors.As(err, &failed) || failed.Kind != llm.ContextOverflow {
		t.Errorf("error %v", err)
	}
	missing, err := llm.NewOllama(llm.Options{URL: url, Model: "no-such-model"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := missing.Generate(context.Background(), user("hello", 8)); !errors.As(err, &failed) || failed.Kind != llm.NoModel {
		t.Errorf("error %v", err)
	}
}

func realEmbeddings(t *testing.T, url string) {
	for _, spec := range []string{"ollama:smollm2", "openai:smollm2"} {
		e, err := embed.Parse(t.Context(), spec, embed.Options{URL: url, Batch: 2})
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := e.Embed(context.Background(), []string{"cystic fibrosis", "", "a ship at sea", "cystic fibrosis"})
		if err != nil || len(vectors) != 4 || len(vectors[3]) != e.Dimensions() || !strings.HasPrefix(e.ID(), spec) {
			t.Errorf("%s: %d vectors, error %v", spec, len(vectors), err)
			continue
		}
		dot := float32(0)
		for i := range vectors[0] {
			dot += vectors[0][i] * vectors[3][i]
		}
		if dot < 0.99 {
			t.Errorf("%s: equal texts have the cosine %v", spec, dot)
		}
	}
}
