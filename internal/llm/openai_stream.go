package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// openAIPiece is an event of the stream, or the whole answer of a server that does not stream.
type openAIPiece struct {
	Model   string `json:"model"`
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
		Details    struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
	Timings *struct { // llama.cpp: of the prompt's tokens, such as it had kept, and such as it read
		Cached int `json:"cache_n"`
		Read   int `json:"prompt_n"`
	} `json:"timings"`
	Error json.RawMessage `json:"error"`
}

// openAIReader collects the events of one answer.
type openAIReader struct {
	answerReader
	isModel        func(name string) bool
	reason         string
	prompt, output int
	cached, read   int
}

// readOpenAI reads server-sent events up to [DONE], or one JSON document.
func readOpenAI(a *endpoint.Answer, r Request, isModel func(string) bool) (Response, error) {
	read := openAIReader{answerReader: answerReader{most: r.MaxTokens}, isModel: isModel}
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
	if !o.isModel(piece.Model) {
		return errAnotherModel()
	}
	if piece.Usage != nil {
		o.prompt, o.output = max(piece.Usage.Prompt, 0), max(piece.Usage.Completion, 0)
		o.cached = max(o.cached, piece.Usage.Details.Cached)
	}
	if piece.Timings != nil {
		o.cached, o.read = max(o.cached, piece.Timings.Cached), piece.Timings.Read
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
	response.CachedTokens = o.kept()
	if err := checkCounted(r, o.prompt, r.ContextSize); err != nil {
		return Response{}, err
	}
	return response, finish(r, &response, o.reason)
}

// kept is how many tokens of the prompt the server had kept. Older llama.cpp says only how many it read.
func (o *openAIReader) kept() int {
	if o.cached == 0 && o.read > 0 {
		o.cached = o.prompt - o.read
	}
	return min(max(o.cached, 0), o.prompt)
}
