package llm

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// OpenAI speaks the chat endpoint that OpenAI defined and vLLM, llama.cpp, LM Studio and others offer. What a
// server does not know of the optional parts of a request (log-probabilities, seed, usage, the name of the
// token limit) is left out as soon as it says so.
type OpenAI struct {
	client  *endpoint.Client
	options Options
	prefix  string // "/v1", or "" when the URL has it
	pace    pace

	mu      sync.Mutex
	dropped map[string]bool // names of optional parts the server refused
	named   string          // the model, as the first answer called it
}

var _ Backend = (*OpenAI)(nil)

// NewOpenAI checks the options; it does not call the server. The URL may end in /v1 or not. A server that is
// not on this machine needs Options.AllowRemote, else the error's kind is Refused.
func NewOpenAI(o Options) (*OpenAI, error) {
	if o.URL == "" {
		o.URL = DefaultOpenAIURL
	}
	o = o.withDefaults()
	client, err := o.open()
	if err != nil {
		return nil, err
	}
	g := &OpenAI{client: client, options: o, prefix: client.V1(), dropped: map[string]bool{}}
	client.Try(func() endpoint.Call {
		trial := oneToken(o)
		return g.call(trial, g.body(trial), new(Response))
	})
	return g, nil
}

// InFlight is how many calls may be under way at once now.
func (g *OpenAI) InFlight() int { return g.client.InFlight() }

// Generate asks for one answer, streamed.
func (g *OpenAI) Generate(ctx context.Context, r Request) (Response, error) {
	if r.ContextSize == 0 {
		r.ContextSize = g.options.ContextSize
	}
	if err := checkFits(r, r.ContextSize); err != nil {
		return Response{}, err
	}
	for {
		body := g.body(r)
		response, err := g.once(ctx, r, body)
		if err == nil || !g.drop(err, body) {
			return response, err
		}
	}
}

func (g *OpenAI) once(ctx context.Context, r Request, body map[string]any) (Response, error) {
	var response Response
	start := time.Now()
	err := g.client.Do(ctx, g.call(r, body, &response))
	response.Duration = time.Since(start)
	if err == nil {
		g.pace.learn(response)
	}
	return response, err
}

func (g *OpenAI) call(r Request, body map[string]any, response *Response) endpoint.Call {
	return endpoint.Call{
		Path: g.prefix + "/chat/completions", Body: body, Accept: "text/event-stream, application/json",
		Private: contents(r.Messages), Timeout: g.pace.timeout(g.options, r), Total: g.options.Total, Most: most(r),
		Read: func(a *endpoint.Answer) (err error) {
			*response, err = readOpenAI(a, r, g.isModel)
			return err
		},
		Work: func() int { return work(r, *response) },
	}
}

// isModel checks what an answer calls its model. A server may call it otherwise than it was asked for, by the full name of
// a version, say; but always the same.
func (g *OpenAI) isModel(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.named == "" {
		g.named = name
	}
	return name == "" || name == g.named || name == g.options.Model
}

// body is the request as JSON fields, without the parts that the server refused.
func (g *OpenAI) body(r Request) map[string]any {
	body := map[string]any{
		"model": g.options.Model, "messages": r.Messages, "temperature": r.Temperature,
		"stream": true, "stream_options": map[string]any{"include_usage": true},
		"seed": r.Seed, "logprobs": true,
	}
	if r.MaxTokens > 0 {
		body["max_tokens"] = r.MaxTokens
	}
	if len(r.Stop) > 0 {
		body["stop"] = r.Stop
	}
	if r.Schema != nil {
		body["response_format"] = map[string]any{
			"type":        "json_schema",
			"json_schema": map[string]any{"name": "answer", "strict": true, "schema": r.Schema},
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for name := range g.dropped {
		if name == "max_tokens" && r.MaxTokens > 0 {
			body["max_completion_tokens"] = r.MaxTokens // what OpenAI's newer models call it
		}
		delete(body, name)
	}
	return body
}

// optional are the parts of a request that an answer can do without, or that have another name.
var optional = []string{"logprobs", "stream_options", "seed", "max_tokens", "temperature"}

// drop notes the optional part of body that the server's refusal names. It reports whether there was one, so that
// another try may succeed.
func (g *OpenAI) drop(err error, body map[string]any) bool {
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != Refused || failed.Status != 400 && failed.Status != 422 {
		return false
	}
	message := failed.Err.Error()
	at := slices.IndexFunc(optional, func(name string) bool {
		_, sent := body[name]
		return sent && strings.Contains(message, name)
	})
	if at < 0 {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dropped[optional[at]] = true
	return true
}
