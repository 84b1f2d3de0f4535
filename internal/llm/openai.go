package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
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

	mu      sync.Mutex
	dropped map[string]bool // names of optional parts the server refused
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
	return &OpenAI{client: client, options: o, prefix: client.V1(), dropped: map[string]bool{}}, nil
}

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
	err := g.client.Do(ctx, endpoint.Call{
		Path: g.prefix + "/chat/completions", Body: body, Accept: "text/event-stream, application/json",
		Private: contents(r.Messages), Timeout: g.options.timeout(r), Total: g.options.Total,
		Read: func(a *endpoint.Answer) (err error) {
			response, err = readOpenAI(a, r)
			return err
		},
	})
	response.Duration = time.Since(start)
	return response, err
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
		body["response_format"] = map[string]any{"type": "json_schema",
			"json_schema": map[string]any{"name": "answer", "strict": true, "schema": r.Schema}}
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

// openAIPiece is an event of the stream, or the whole answer of a server that does not stream.
type openAIPiece struct {
	Choices []struct {
		Delta, Message struct {
			Content string `json:"content"`
		}
		FinishReason string `json:"finish_reason"`
		Logprobs     *struct {
			Content []struct {
				Token   string  `json:"token"`
				Logprob float64 `json:"logprob"`
			} `json:"content"`
		} `json:"logprobs"`
	} `json:"choices"`
	Usage *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	} `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// openAIReader collects the events of one answer.
type openAIReader struct {
	answerReader
	reason         string
	prompt, output int
}

// readOpenAI reads server-sent events up to [DONE], or one JSON document.
func readOpenAI(a *endpoint.Answer, r Request) (Response, error) {
	var read openAIReader
	if a.MediaType() != "text/event-stream" {
		var whole openAIPiece
		if err := a.JSON(&whole); err != nil {
			return Response{}, err
		}
		return read.end(a, r, whole)
	}
	for {
		line, err := a.Line()
		if errors.Is(err, io.EOF) {
			return read.done(r)
		}
		if err != nil {
			return read.response(), err
		}
		data, ok := bytes.CutPrefix(line, []byte("data:"))
		if !ok {
			continue // a comment, or a field that says nothing here
		}
		data = bytes.TrimSpace(data)
		if string(data) == "[DONE]" {
			return read.done(r)
		}
		var piece openAIPiece
		if err := endpoint.Decode(data, &piece); err != nil {
			return read.response(), err
		}
		if err := read.take(a, piece); err != nil {
			return read.response(), read.judge(r, err)
		}
	}
}

// end is for an answer that came in one document.
func (o *openAIReader) end(a *endpoint.Answer, r Request, whole openAIPiece) (Response, error) {
	if len(whole.Choices) == 0 && len(whole.Error) == 0 {
		return Response{}, endpoint.Errorf(BadAnswer, "the answer has no choices: is the URL right, and the backend?")
	}
	if err := o.take(a, whole); err != nil {
		return o.response(), o.judge(r, err)
	}
	return o.done(r)
}

// take adds one event.
func (o *openAIReader) take(a *endpoint.Answer, piece openAIPiece) error {
	if len(piece.Error) > 0 && string(piece.Error) != "null" {
		return a.Failure(endpoint.ServerMessage([]byte(`{"error":` + string(piece.Error) + `}`)))
	}
	if piece.Usage != nil {
		o.prompt, o.output = piece.Usage.Prompt, piece.Usage.Completion
	}
	if len(piece.Choices) == 0 {
		return nil
	}
	choice := piece.Choices[0]
	if choice.FinishReason != "" {
		o.reason = choice.FinishReason
	}
	if choice.Logprobs != nil {
		for _, p := range choice.Logprobs.Content {
			o.logprobs = append(o.logprobs, TokenLogprob{Token: p.Token, Logprob: p.Logprob})
		}
	}
	return o.add(choice.Delta.Content + choice.Message.Content)
}

// judge keeps a typed error and decides about a loop.
func (o *openAIReader) judge(r Request, err error) error {
	var failed *Error
	if errors.As(err, &failed) {
		return err
	}
	return o.looped(r, err)
}

func (o *openAIReader) done(r Request) (Response, error) {
	response := o.response()
	response.PromptTokens, response.OutputTokens = o.prompt, o.output
	if err := checkCounted(r, o.prompt, r.ContextSize); err != nil {
		return Response{}, err
	}
	return response, finish(r, &response, o.reason)
}
