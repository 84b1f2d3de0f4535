package llm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Error is a failed call, as package endpoint defines it.
type Error = endpoint.Error

// Kind says what went wrong, as far as a caller may want to act on it.
type Kind = endpoint.Kind

// The kinds of failure; package endpoint says what each means.
const (
	Unreachable     = endpoint.Unreachable
	NoModel         = endpoint.NoModel
	Overloaded      = endpoint.Overloaded
	Timeout         = endpoint.Timeout
	Incomplete      = endpoint.Incomplete
	BadAnswer       = endpoint.BadAnswer
	Refused         = endpoint.Refused
	ContextOverflow = endpoint.ContextOverflow
)

// MostInFlight is how many calls are under way at once at most where the number is found out.
const MostInFlight = endpoint.MostInFlight

// IsLoopback reports whether a URL names this machine.
func IsLoopback(url string) bool { return endpoint.IsLoopback(url) }

// Redacted is a URL for messages, without a password.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is no URL"
	}
	return u.Redacted()
}

// Defaults of Options.
const (
	DefaultOllamaURL       = "http://127.0.0.1:11434"
	DefaultOpenAIURL       = "http://127.0.0.1:8080/v1"
	DefaultTimeout         = 2 * time.Minute
	DefaultTimeoutPerToken = 100 * time.Millisecond
	DefaultContextSize     = 4096
	DefaultKeepAlive       = 10 * time.Minute
)

// Options say which server and model to use. The zero value of each but Model is a default.
type Options struct {
	URL         string
	Model       string
	Key         string // bearer token; from the environment, never logged
	AllowRemote bool   // consent to send text to a server that is not on this machine

	Timeout         time.Duration // of one attempt, besides what its tokens are given
	TimeoutPerToken time.Duration // least time for each token of prompt and longest answer, more where the server is slow; 0: 100 ms; negative: none
	Stall           time.Duration // longest silence in the middle of an answer; 0: 1 minute
	Total           time.Duration // of one call with all its attempts; 0: twice an attempt's, Patience and 30 s
	Retries         int           // attempts after the first; 0: 3; negative: none
	RetryShare      float64       // retries that each answer allows, besides ten; 0: a half; negative: none
	Backoff         time.Duration // before the first retry; 0: 500 ms
	Patience        time.Duration // for a server that has answered before and is not there; 0: 1 minute; negative: none
	GiveUpAfter     int           // calls in a row that the server may fail; 0: 5
	Concurrency     int           // calls under way at once; 0: what the server takes, found out

	ContextSize int           // tokens, prompt and answer together (Ollama num_ctx)
	KeepAlive   time.Duration // how long Ollama keeps the model loaded; negative: for ever
	NumThread   int           // of Ollama; 0: as the server sees fit
}

// Validate names the first option that cannot be.
func (o Options) Validate() error {
	switch {
	case o.Model == "":
		return errors.New("no model is named")
	case o.Timeout < 0, o.Total < 0, o.Backoff < 0, o.Stall < 0:
		return errors.New("a time limit is negative")
	case o.ContextSize < 0 || o.NumThread < 0 || o.Concurrency < 0:
		return fmt.Errorf("a size is negative: context %d, threads %d, concurrency %d",
			o.ContextSize, o.NumThread, o.Concurrency)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.TimeoutPerToken == 0 {
		o.TimeoutPerToken = DefaultTimeoutPerToken
	}
	if o.ContextSize == 0 {
		o.ContextSize = DefaultContextSize
	}
	if o.KeepAlive == 0 {
		o.KeepAlive = DefaultKeepAlive
	}
	return o
}

// open checks the options and makes the connection's client; it does not call the server.
func (o Options) open() (*endpoint.Client, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return endpoint.New(endpoint.Options{
		URL: o.URL, AllowRemote: o.AllowRemote, Key: o.Key,
		Retries: o.Retries, Backoff: o.Backoff, Concurrency: o.Concurrency, Stall: o.Stall,
		RetryShare: o.RetryShare, Patience: o.Patience, GiveUpAfter: o.GiveUpAfter,
	})
}

// Backend is a Generator that can tell about its server and model.
type Backend interface {
	Generator

	// Probe asks what the server is and has. Its error is that of a server that cannot be used at all; a
	// missing model is Report.HasModel false.
	Probe(ctx context.Context) (Report, error)

	// InFlight is how many calls may be under way at once now.
	InFlight() int

	// Identity names the model so that another model, or another version of it, has another identity. The
	// server is asked once.
	Identity(ctx context.Context) (string, error)
}

// Report is what a server told about itself and its model.
type Report struct {
	Backend       string   `json:"backend"` // "ollama" or "openai"
	URL           string   `json:"url"`
	Version       string   `json:"version,omitempty"`
	Model         string   `json:"model"`
	HasModel      bool     `json:"has_model"`
	Models        []string `json:"models"` // all that the server has, by name
	ContextLength int      `json:"context_length,omitempty"`
	Quantization  string   `json:"quantization,omitempty"`
	Parameters    string   `json:"parameters,omitempty"` // "1.5B"
	Digest        string   `json:"digest,omitempty"`
	Answers       bool     `json:"answers"`  // a request for one token was answered
	Logprobs      bool     `json:"logprobs"` // with log-probabilities
	Problem       string   `json:"problem,omitempty"`
}

// New opens a backend by name, "ollama" or "openai"; an empty URL means that backend's usual local address.
func New(backend string, o Options) (Backend, error) {
	switch backend {
	case "ollama":
		return NewOllama(o)
	case "openai":
		return NewOpenAI(o)
	}
	return nil, fmt.Errorf("unknown backend %q (known: ollama, openai)", backend)
}
