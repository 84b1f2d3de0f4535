package llm

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Probe asks for the list of models, then for one token.
func (g *OpenAI) Probe(ctx context.Context) (Report, error) {
	report := Report{Backend: "openai", URL: g.client.URL(), Model: g.options.Model}
	var list struct {
		Data []struct {
			ID          string `json:"id"`
			MaxModelLen int    `json:"max_model_len"` // vLLM
			Meta        struct {
				Context int `json:"n_ctx_train"` // llama.cpp
			} `json:"meta"`
		} `json:"data"`
	}
	if err := g.client.Ask(ctx, g.prefix+"/models", nil, &list); err != nil && !withoutList(err) {
		return report, err
	}
	for _, m := range list.Data {
		report.Models = append(report.Models, m.ID)
		if m.ID == g.options.Model {
			report.HasModel = true
			report.ContextLength = max(m.MaxModelLen, m.Meta.Context)
		}
	}
	slices.Sort(report.Models)
	report, err := tryOneToken(ctx, g, report)
	report.HasModel = report.HasModel || report.Answers // a server of one model may call it anything
	return report, err
}

// withoutList reports whether err only says that a server has no list of models.
func withoutList(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && (failed.Status == 404 || failed.Status == 405)
}

// Identity is "openai:MODEL@HOST": such servers give no digest.
func (g *OpenAI) Identity(context.Context) (string, error) {
	host := strings.TrimPrefix(strings.TrimPrefix(g.client.URL(), "https://"), "http://")
	return "openai:" + g.options.Model + "@" + host, nil
}
