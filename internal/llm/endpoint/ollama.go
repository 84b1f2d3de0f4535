package endpoint

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// askTimeout is for questions about the server, which need no model.
const askTimeout = 10 * time.Second

// Ask sends body (nil: GET) and decodes the JSON document that comes back.
func (c *Client) Ask(ctx context.Context, path string, body, into any) error {
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	return c.Do(ctx, Call{
		Method: method, Path: path, Body: body, Timeout: askTimeout,
		Read: func(a *Answer) error { return a.JSON(into) },
	})
}

// OllamaDigest asks an Ollama server for the digest of a model, which covers weights, template and
// parameters; "" where it gives none. It is the one thing of Ollama that generating and embedding share.
func (c *Client) OllamaDigest(ctx context.Context, model string) (string, error) {
	var list struct {
		Models []struct{ Name, Digest string }
	}
	if err := c.Ask(ctx, "/api/tags", nil, &list); err != nil {
		return "", err
	}
	for _, m := range list.Models {
		if SameModel(m.Name, model) {
			return m.Digest, nil
		}
	}
	return "", ExplainOllama(&Error{Kind: NoModel, Err: errors.New("the server has no model " + model)}, model)
}

// ExplainOllama adds to the error of a missing model how to get it.
func ExplainOllama(err error, model string) error {
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != NoModel {
		return err
	}
	explained := *failed
	explained.Err = errors.New(failed.Err.Error() + "; get it with: ollama pull " + model)
	return &explained
}

// SameModel compares names as Ollama does: no tag means ":latest".
func SameModel(a, b string) bool { return withTag(a) == withTag(b) }

func withTag(name string) string {
	if at := strings.LastIndex(name, ":"); at > strings.LastIndex(name, "/") {
		return name
	}
	return name + ":latest"
}
