package llm

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Ollama speaks Ollama's own API. Its wire types are Ollama's; the stream is read here, because the client of
// github.com/ollama/ollama/api takes a broken stream for a finished one, quotes lines it cannot read in its
// errors, and hides Retry-After.
type Ollama struct {
	client   *endpoint.Client
	options  Options
	identity memo
	pace     pace
	prefix   prefix
}

var _ Backend = (*Ollama)(nil)

// NewOllama checks the options; it does not call the server. A server that is not on this machine needs
// Options.AllowRemote, else the error's kind is Refused.
func NewOllama(o Options) (*Ollama, error) {
	if o.URL == "" {
		o.URL = DefaultOllamaURL
	}
	o = o.withDefaults()
	client, err := o.open()
	if err != nil {
		return nil, err
	}
	g := &Ollama{client: client, options: o}
	client.Try(func() endpoint.Call { return g.call(oneToken(o), new(Response)) })
	return g, nil
}

// InFlight is how many calls may be under way at once now.
func (g *Ollama) InFlight() int { return g.client.InFlight() }

// Generate asks for one answer, streamed, so that a loop is noticed early and a cancelled call ends at once.
func (g *Ollama) Generate(ctx context.Context, r Request) (Response, error) {
	if r.ContextSize == 0 {
		r.ContextSize = g.options.ContextSize
	}
	if err := checkFits(r, r.ContextSize); err != nil {
		return Response{}, err
	}
	var response Response
	start := time.Now()
	err := g.client.Do(ctx, g.call(r, &response))
	if response.Duration == 0 {
		response.Duration = time.Since(start)
	}
	if err == nil {
		g.pace.learn(response)
	}
	return response, endpoint.ExplainOllama(err, g.options.Model)
}

func (g *Ollama) call(r Request, response *Response) endpoint.Call {
	return endpoint.Call{
		Path: "/api/chat", Body: g.request(r), Accept: "application/x-ndjson", Private: contents(r.Messages),
		Timeout: g.pace.timeout(g.options, r), Total: g.options.Total, Most: most(r),
		Read: func(a *endpoint.Answer) (err error) {
			share := g.prefix.common(r.Messages) // an answer begins when its prompt has been read
			*response, err = readOllama(a, r, g.options.Model)
			response.CachedTokens = int(share * float64(response.PromptTokens))
			return err
		},
		Work: func() int { return work(r, *response) },
	}
}

func (g *Ollama) request(r Request) *api.ChatRequest {
	yes, no := true, false
	messages := make([]api.Message, len(r.Messages))
	for i, m := range r.Messages {
		messages[i] = api.Message{Role: m.Role, Content: m.Content}
	}
	options := map[string]any{
		"temperature": r.Temperature,
		"seed":        r.Seed,
		"num_ctx":     r.ContextSize,
		// The server's own default punishes tokens that stood before, and a mention must be copied letter for letter.
		"repeat_penalty": 1.0,
	}
	if r.MaxTokens > 0 {
		options["num_predict"] = r.MaxTokens
	}
	if len(r.Stop) > 0 {
		options["stop"] = r.Stop
	}
	if g.options.NumThread > 0 {
		options["num_thread"] = g.options.NumThread
	}
	return &api.ChatRequest{
		Model: g.options.Model, Messages: messages, Options: options, Format: r.Schema,
		KeepAlive: &api.Duration{Duration: g.options.KeepAlive},
		Stream:    &yes, Logprobs: true,
		// Never clip silently; servers older than these fields ignore them, and checkCounted notices.
		Truncate: &no, Shift: &no,
		Think: &api.ThinkValue{Value: false},
	}
}

// ollamaLine is a line of the stream: a piece of the answer, or an error in the midst of it.
type ollamaLine struct {
	api.ChatResponse
	Error string `json:"error"`
}

// readOllama reads one stream. Only a line with done and the reason "stop" makes an answer complete.
func readOllama(a *endpoint.Answer, r Request, model string) (Response, error) {
	read := answerReader{most: r.MaxTokens}
	for {
		line, err := a.Line()
		if errors.Is(err, io.EOF) {
			response := read.response()
			return response, finish(r, &response, "")
		}
		if err != nil {
			return read.response(), err
		}
		var piece ollamaLine
		if err := endpoint.Decode(line, &piece); err != nil {
			return read.response(), err
		}
		if piece.Error != "" {
			return read.response(), a.Failure(piece.Error)
		}
		if piece.Model != "" && !endpoint.SameModel(piece.Model, model) {
			return Response{}, errAnotherModel()
		}
		for _, p := range piece.Logprobs {
			read.logprobs = append(read.logprobs, TokenLogprob{Token: p.Token, Logprob: p.Logprob})
		}
		if err := read.add(piece.Message.Content); err != nil {
			return read.response(), read.looped(r, err)
		}
		if piece.Done {
			return ollamaDone(r, &read, piece.ChatResponse)
		}
	}
}

func ollamaDone(r Request, read *answerReader, last api.ChatResponse) (Response, error) {
	response := read.response()
	response.PromptTokens, response.OutputTokens = max(last.PromptEvalCount, 0), max(last.EvalCount, 0)
	response.Duration = last.PromptEvalDuration + last.EvalDuration
	if err := checkCounted(r, last.PromptEvalCount, r.ContextSize); err != nil {
		return Response{}, err
	}
	return response, finish(r, &response, last.DoneReason)
}
