// Package llm talks to local language model servers: Ollama's own API and OpenAI-style ones. It sends
// messages and returns complete answers; it knows nothing of entities.
package llm

import (
	"context"
	"encoding/json"
	"time"
)

// Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"` // "system", "user" or "assistant"
	Content string `json:"content"`
}

// Request is one generation. Zero values mean the backend's default, except Temperature, which is 0: greedy.
type Request struct {
	Messages    []Message
	Schema      json.RawMessage // JSON schema the answer must follow; nil: free text
	MaxTokens   int             // most tokens to generate
	Stop        []string
	Temperature float64
	Seed        int
	ContextSize int // tokens the server must hold (Ollama num_ctx); 0: Options.ContextSize

	// AllowCut accepts an answer that ran into MaxTokens; without it that is an error of kind Incomplete.
	AllowCut bool
}

// Response is a complete answer. Beside an error of kind Incomplete it holds what had come until then.
type Response struct {
	Text         string
	PromptTokens int // as the server counted them
	CachedTokens int // of PromptTokens, such as the server had kept from prompts before; for Ollama an estimate
	OutputTokens int
	Logprobs     []TokenLogprob // of the tokens of Text in order; nil where the server gives none
	Duration     time.Duration  // of the model's work where the server tells it, else of the whole call
	Cached       bool           // taken from the answer cache, no call was made
	Cut          bool           // the answer ran into MaxTokens (Request.AllowCut)
}

// TokenLogprob is one generated token with its natural-log probability.
type TokenLogprob struct {
	Token   string
	Logprob float64
}

// Generator produces answers. Implementations are safe for concurrent use. An error is an *Error where the
// cause is known.
type Generator interface {
	Generate(ctx context.Context, r Request) (Response, error)
}
