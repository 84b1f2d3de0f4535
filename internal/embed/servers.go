package embed

import (
	"context"
	"fmt"
	"strings"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// The usual local addresses.
const (
	defaultOllamaURL = "http://127.0.0.1:11434"
	defaultOpenAIURL = "http://127.0.0.1:8080/v1"
)

// NewOllama embeds by a model of an Ollama server. It calls the server: for the model's digest, which becomes
// part of the ID, and for one vector, which tells the dimensions. A text longer than the model's context is
// embedded by its beginning.
func NewOllama(ctx context.Context, url, model string, o Options) (Embedder, error) {
	client, o, err := o.open(url, "")
	if err != nil {
		return nil, err
	}
	digest, err := client.OllamaDigest(ctx, model)
	if err != nil {
		return nil, err
	}
	e := &remote{client: client, options: o, id: ollamaID(model, digest), protocol: protocol{
		path:  "/api/embed",
		body:  func(texts []string) any { return map[string]any{"model": model, "input": texts, "truncate": true} },
		parse: parseOllama,
	}}
	if err := e.learn(ctx); err != nil {
		return nil, endpoint.ExplainOllama(err, model)
	}
	return e, nil
}

// ollamaID is "ollama:MODEL@DIGEST" with twelve digits, as Ollama shows it, or without where there is none.
func ollamaID(model, digest string) string {
	id := "ollama:" + strings.TrimSuffix(model, ":latest")
	if digest = strings.TrimPrefix(digest, "sha256:"); digest != "" {
		id += "@" + digest[:min(12, len(digest))]
	}
	return id
}

func parseOllama(a *endpoint.Answer, _ int) ([]vector, error) {
	var answer struct {
		Embeddings []vector `json:"embeddings"`
	}
	err := a.JSON(&answer)
	return answer.Embeddings, err
}

// NewOpenAI embeds by an OpenAI-style server, whose URL may end in /v1 or not. It calls the server for one
// vector, which tells the dimensions.
func NewOpenAI(ctx context.Context, url, model, key string, o Options) (Embedder, error) {
	client, o, err := o.open(url, key)
	if err != nil {
		return nil, err
	}
	e := &remote{client: client, options: o, id: "openai:" + model, protocol: protocol{
		path: client.V1() + "/embeddings",
		body: func(texts []string) any {
			return map[string]any{"model": model, "input": texts, "encoding_format": "float"}
		},
		parse: parseOpenAI,
	}}
	if err := e.learn(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// parseOpenAI puts the vectors in the order of their index, as servers may answer in any.
func parseOpenAI(a *endpoint.Answer, count int) ([]vector, error) {
	var answer struct {
		Data []struct {
			Index     int    `json:"index"`
			Embedding vector `json:"embedding"`
		} `json:"data"`
	}
	if err := a.JSON(&answer); err != nil {
		return nil, err
	}
	if len(answer.Data) != count {
		return nil, notVectors("%d embeddings came for %d texts", len(answer.Data), count)
	}
	vectors := make([]vector, count)
	for _, d := range answer.Data {
		if d.Index < 0 || d.Index >= count || vectors[d.Index] != nil {
			return nil, notVectors("the embeddings' numbers are not 0 to %d, each once", count-1)
		}
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

// Parse opens the embedder that a user names: "static", "ollama:MODEL" or "openai:MODEL". For "none" it is nil.
// Those of servers call their server.
func Parse(ctx context.Context, spec string, o Options) (Embedder, error) {
	kind, model, _ := strings.Cut(spec, ":")
	switch {
	case spec == "static":
		return NewStatic()
	case spec == "none":
		return nil, nil
	case kind == "ollama" && model != "":
		return NewOllama(ctx, orElse(o.URL, defaultOllamaURL), model, o)
	case kind == "openai" && model != "":
		return NewOpenAI(ctx, orElse(o.URL, defaultOpenAIURL), model, o.Key, o)
	case kind == "ollama" || kind == "openai":
		return nil, fmt.Errorf("embedder %q names no model: write %s:MODEL", spec, kind)
	}
	return nil, fmt.Errorf("unknown embedder %q (known: static, none, ollama:MODEL, openai:MODEL)", spec)
}

func orElse(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
