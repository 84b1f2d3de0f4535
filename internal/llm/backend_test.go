package llm_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
)

// What is sent decides whether an answer can be trusted, so it is held field by field.
func TestOllamaRequest(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	request := ask()
	request.Schema, request.Stop, request.Seed = []byte(`{"type":"object"}`), []string{"\n\n"}, 7
	b := open(t, "ollama", server.URL, func(o *llm.Options) { o.NumThread, o.KeepAlive = 3, -1 })
	if _, err := b.Generate(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	body := server.Requests()[0].Body
	for name, want := range map[string]any{
		"model": "m", "stream": true, "truncate": false, "shift": false, "think": false, "logprobs": true,
		"keep_alive": float64(-1), "format": map[string]any{"type": "object"},
		"options": map[string]any{
			"num_ctx": 4096.0, "num_predict": 50.0, "seed": 7.0, "temperature": 0.0,
			"repeat_penalty": 1.0, "stop": []any{"\n\n"}, "num_thread": 3.0,
		},
	} {
		if !reflect.DeepEqual(body[name], want) {
			t.Errorf("%s: %v, want %v", name, body[name], want)
		}
	}
}

func TestOpenAIRequest(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	request := ask()
	request.Schema = []byte(`{"type":"object"}`)
	if _, err := open(t, "openai", server.URL, nil).Generate(context.Background(), request); err != nil {
		t.Fatal(err)
	}
	body := server.Requests()[0].Body
	for name, want := range map[string]any{
		"model": "m", "stream": true, "logprobs": true, "temperature": 0.0, "seed": 0.0, "max_tokens": 50.0,
		"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{
			"name": "answer", "strict": true, "schema": map[string]any{"type": "object"},
		}},
	} {
		if !reflect.DeepEqual(body[name], want) {
			t.Errorf("%s: %v, want %v", name, body[name], want)
		}
	}
}

// A server that knows less of the API than others is asked for less, from then on.
func TestOpenAIDropsWhatIsRefused(t *testing.T) {
	server := testkit.NewFaultServer(t,
		testkit.Status(400, `{"error":{"message":"logprobs are not supported"}}`),
		testkit.Status(400, `{"error":{"message":"Unsupported parameter: 'max_tokens', use 'max_completion_tokens'"}}`),
		good)
	b := open(t, "openai", server.URL, nil)
	for range 2 {
		if response, err := b.Generate(context.Background(), ask()); err != nil || response.Text != "SIGN: fever" {
			t.Fatalf("%+v, error %v", response, err)
		}
	}
	requests := server.Requests()
	if len(requests) != 4 {
		t.Fatalf("%d calls, want 4", len(requests))
	}
	last := requests[3].Body
	if last["logprobs"] != nil || last["max_tokens"] != nil || last["max_completion_tokens"] != 50.0 {
		t.Errorf("sent %v", last)
	}
}

func TestOpenAIServerThatDoesNotStream(t *testing.T) {
	server := testkit.NewFaultServer(t, testkit.Raw("application/json",
		`{"choices":[{"message":{"content":"SIGN"},"finish_reason":"stop","logprobs":null}],"usage":{"prompt_tokens":40,"completion_tokens":1}}`))
	response, err := open(t, "openai", server.URL, nil).Generate(context.Background(), ask())
	if err != nil || response.Text != "SIGN" || response.PromptTokens != 40 {
		t.Errorf("%+v, error %v", response, err)
	}
}

func TestAnswerCarriesCountsAndLogprobs(t *testing.T) {
	for _, backend := range []string{"ollama", "openai"} {
		server := testkit.NewFaultServer(t, good)
		response, err := open(t, backend, server.URL, nil).Generate(context.Background(), ask())
		if err != nil {
			t.Fatal(err)
		}
		want := []llm.TokenLogprob{{Token: "SIGN: ", Logprob: -0.5}, {Token: "fever", Logprob: -0.5}}
		if response.PromptTokens != 50 || response.OutputTokens != 2 || !reflect.DeepEqual(response.Logprobs, want) || response.Duration <= 0 {
			t.Errorf("%s: %+v", backend, response)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, backend := range []string{"ollama", "openai"} {
		server := testkit.NewFaultServer(t, testkit.EndsWith("length", "Yes"))
		report, err := open(t, backend, server.URL, nil).Probe(context.Background())
		if err != nil || !report.HasModel || !report.Answers || !report.Logprobs || report.ContextLength != 8192 || len(report.Models) != 1 {
			t.Errorf("%s: %+v, error %v", backend, report, err)
		}
		if backend == "ollama" && (report.Digest != "abc123" || report.Version != "0.17.4" || report.Quantization != "Q4_0") {
			t.Errorf("%+v", report)
		}
		server.Close()
		_, err = open(t, backend, server.URL, nil).Probe(context.Background())
		checkError(t, err, faultCase{kind: llm.Unreachable, fatal: true})
	}
}

func TestProbeWithoutTheModel(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	report, err := open(t, "ollama", server.URL, func(o *llm.Options) { o.Model = "other:7b" }).Probe(context.Background())
	if err != nil || report.HasModel || !strings.Contains(report.Problem, "ollama pull other:7b") {
		t.Errorf("%+v, error %v", report, err)
	}
}

func TestIdentity(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	for model, want := range map[string]string{"m": "ollama:m@abc123", "m:latest": "ollama:m@abc123"} {
		b := open(t, "ollama", server.URL, func(o *llm.Options) { o.Model = model })
		if got, err := b.Identity(context.Background()); err != nil || got != want {
			t.Errorf("%s: %q, error %v", model, got, err)
		}
	}
	b := open(t, "ollama", server.URL, func(o *llm.Options) { o.Model = "m:7b" })
	_, err := b.Identity(context.Background())
	checkError(t, err, faultCase{kind: llm.NoModel, says: "ollama pull", fatal: true})
}

func TestCache(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.db")
	server := testkit.NewFaultServer(t, good, testkit.Status(400, `{}`), good)
	b := open(t, "ollama", server.URL, nil)
	cache, err := llm.NewCache(path, 0, b)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	first, err := cache.Generate(ctx, ask())
	if err != nil || first.Cached {
		t.Fatalf("%+v, error %v", first, err)
	}
	other := ask()
	other.Seed = 1
	if _, err := cache.Generate(ctx, other); err == nil {
		t.Fatal("an error was not passed on")
	}
	if response, err := cache.Generate(ctx, other); err != nil || response.Cached {
		t.Errorf("an error was kept: %+v, %v", response, err)
	}
	if _, err := llm.NewCache(path, 0, b); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("a locked file: error %v", err)
	}
	if err := cache.Close(); err != nil {
		t.Fatal(err)
	}
	cache, err = llm.NewCache(path, 0, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	response, err := cache.Generate(ctx, ask())
	first.Cached = true
	if err != nil || !reflect.DeepEqual(response, first) {
		t.Errorf("%+v, want %+v, error %v", response, first, err)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestCacheFileHoldsNoPromptAndIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.db")
	server := testkit.NewFaultServer(t, good)
	cache, err := llm.NewCache(path, 0, open(t, "ollama", server.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Generate(context.Background(), ask()); err != nil {
		t.Fatal(err)
	}
	if err := cache.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "Nepomuk") {
		t.Errorf("the file holds the prompt (error %v)", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func TestCacheDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("broken ", 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := llm.NewCache(path, 0, &testkit.Replay{})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "can be deleted") {
		t.Errorf("error %v", err)
	}
}

func TestOptionsValidate(t *testing.T) {
	for name, o := range map[string]llm.Options{
		"no model": {}, "negative time": {Model: "m", Timeout: -time.Second}, "negative context": {Model: "m", ContextSize: -1},
	} {
		if o.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := llm.New("vllm", llm.Options{Model: "m"}); err == nil || !strings.Contains(err.Error(), "known: ollama, openai") {
		t.Errorf("error %v", err)
	}
}
