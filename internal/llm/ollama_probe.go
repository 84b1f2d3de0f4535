package llm

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/ollama/ollama/api"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Probe asks for version and models, then for one token, which loads the model.
func (g *Ollama) Probe(ctx context.Context) (Report, error) {
	report := Report{Backend: "ollama", URL: g.client.URL(), Model: g.options.Model}
	var version struct{ Version string }
	if err := g.client.Ask(ctx, "/api/version", nil, &version); err != nil {
		return report, err
	}
	report.Version = version.Version
	var list api.ListResponse
	if err := g.client.Ask(ctx, "/api/tags", nil, &list); err != nil {
		return report, err
	}
	for _, m := range list.Models {
		report.Models = append(report.Models, strings.TrimSuffix(m.Name, ":latest"))
		if endpoint.SameModel(m.Name, g.options.Model) {
			report.HasModel, report.Digest = true, m.Digest
			report.Quantization, report.Parameters = m.Details.QuantizationLevel, m.Details.ParameterSize
		}
	}
	slices.Sort(report.Models)
	if !report.HasModel {
		report.Problem = "the server has no such model; get it with: ollama pull " + g.options.Model
		return report, nil
	}
	report.ContextLength = g.contextLength(ctx)
	return tryOneToken(ctx, g, report)
}

// contextLength is the longest context the model was made for, or 0 when the server does not tell.
func (g *Ollama) contextLength(ctx context.Context) int {
	var show api.ShowResponse
	if err := g.client.Ask(ctx, "/api/show", api.ShowRequest{Model: g.options.Model}, &show); err != nil {
		return 0
	}
	for key, value := range show.ModelInfo {
		if length, ok := value.(float64); ok && strings.HasSuffix(key, ".context_length") {
			return int(length)
		}
	}
	return 0
}

// oneToken is the least that a working model answers.
func oneToken(o Options) Request {
	return Request{
		Messages:  []Message{{Role: "user", Content: "Say yes."}},
		MaxTokens: 1, AllowCut: true, ContextSize: o.ContextSize,
	}
}

// tryOneToken fills in whether the model answers at all.
func tryOneToken(ctx context.Context, g Generator, report Report) (Report, error) {
	answer, err := g.Generate(ctx, oneToken(Options{}))
	if err != nil {
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		report.Problem = err.Error()
		return report, nil
	}
	report.Answers, report.Logprobs = true, len(answer.Logprobs) > 0
	return report, nil
}

// Identity is "ollama:MODEL@DIGEST"; the digest covers weights, template and parameters.
func (g *Ollama) Identity(ctx context.Context) (string, error) {
	return g.identity.get(func() (string, error) {
		digest, err := g.client.OllamaDigest(ctx, g.options.Model)
		if err != nil {
			return "", err
		}
		return "ollama:" + strings.TrimSuffix(g.options.Model, ":latest") + "@" + digest, nil
	})
}

// memo keeps the first value that could be had.
type memo struct {
	mu    sync.Mutex
	value string
}

func (m *memo) get(ask func() (string, error)) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.value != "" {
		return m.value, nil
	}
	value, err := ask()
	m.value = value
	return value, err
}
