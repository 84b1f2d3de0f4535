// Package testkit holds what tests put in the place of a model: a generator that replays answers, and a model
// server that misbehaves on command. The product uses none of it.
package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/ragner/ragner/internal/llm"
)

// Replay is a generator of known answers. It first looks for the request's digest in Answers, then asks
// Answer, then Record, whose answer it keeps. Set the fields before the first call.
type Replay struct {
	Answers map[string]llm.Response // by llm.Digest of the request
	Answer  func(llm.Request) (llm.Response, error)
	Record  llm.Generator

	mu       sync.Mutex
	requests []llm.Request
}

var _ llm.Generator = (*Replay)(nil)

// LoadReplay reads answers that Save wrote.
func LoadReplay(path string) (*Replay, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("recorded answers: %w", err)
	}
	r := &Replay{}
	if err := json.Unmarshal(data, &r.Answers); err != nil {
		return nil, fmt.Errorf("recorded answers: read %s: %w", path, err)
	}
	return r, nil
}

// Save writes the answers, ordered by digest, for LoadReplay.
func (r *Replay) Save(path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	data, err := json.MarshalIndent(r.Answers, "", " ")
	if err != nil {
		return fmt.Errorf("recorded answers: %w", err)
	}
	return os.WriteFile(path, append(data, '\n'), 0o600)
}

// Generate gives the known answer. A request without one is an error, never an empty answer.
func (r *Replay) Generate(ctx context.Context, request llm.Request) (llm.Response, error) {
	if err := ctx.Err(); err != nil {
		return llm.Response{}, err
	}
	digest := llm.Digest(request)
	r.mu.Lock()
	r.requests = append(r.requests, request)
	answer, known := r.Answers[digest]
	r.mu.Unlock()
	switch {
	case known:
		return answer, nil
	case r.Answer != nil:
		return r.Answer(request)
	case r.Record != nil:
		return r.record(ctx, digest, request)
	}
	return llm.Response{}, fmt.Errorf("no answer is recorded for request %s", digest)
}

func (r *Replay) record(ctx context.Context, digest string, request llm.Request) (llm.Response, error) {
	answer, err := r.Record.Generate(ctx, request)
	if err != nil {
		return answer, err
	}
	answer.Duration = 0 // so that recording again changes no file
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Answers == nil {
		r.Answers = map[string]llm.Response{}
	}
	r.Answers[digest] = answer
	return answer, nil
}

// Identity lets a Replay stand behind an answer cache.
func (r *Replay) Identity(context.Context) (string, error) { return "replay", nil }

// Requests are those made so far, in order of arrival.
func (r *Replay) Requests() []llm.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]llm.Request(nil), r.requests...)
}
