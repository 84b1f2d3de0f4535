package llm

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// Limits of a loop. Ollama ends a stream silently after 31 equal tokens; we end it before, and say so.
// Indented JSON has no hundred blanks in a row.
const (
	maxRepeats = 30
	maxBlanks  = 100
)

var (
	errRepeats = errors.New("the model repeats one token without end")
	errBlanks  = errors.New("the model writes white space without end")
	errEndless = errors.New("the server goes on long after the limit of tokens that it was given")
)

// errAnotherModel is of an answer that says to be by another model than the one asked for.
func errAnotherModel() error {
	return &endpoint.Error{Kind: BadAnswer, Again: true, Err: errors.New("the answer is by another model than the one asked for")}
}

// answerReader collects the pieces of an answer and stops one that runs in a loop.
type answerReader struct {
	most     int // tokens asked for; 0: no limit
	pieces   int
	text     strings.Builder
	logprobs []TokenLogprob
	last     string
	repeats  int
	blanks   int
}

// add takes the next piece. Its error says that the model loops, so that waiting for more is useless.
func (a *answerReader) add(piece string) error {
	a.text.WriteString(piece)
	if piece == "" {
		return nil
	}
	if a.pieces++; a.most > 0 && a.pieces > 2*a.most+maxRepeats {
		return errEndless
	}
	token := strings.TrimSpace(piece)
	if token == "" {
		a.blanks += len(piece)
	} else {
		a.blanks = len(piece) - len(strings.TrimRight(piece, " \t\r\n"))
	}
	if token == a.last && token != "" {
		a.repeats++
	} else {
		a.last, a.repeats = token, 1
	}
	switch {
	case a.repeats >= maxRepeats:
		return errRepeats
	case a.blanks >= maxBlanks:
		return errBlanks
	}
	return nil
}

// looped decides about an answer that was stopped in a loop: where the JSON asked for was already whole, the
// white space after it is nothing lost.
func (a *answerReader) looped(r Request, cause error) error {
	if r.Schema != nil && json.Valid([]byte(strings.TrimSpace(a.text.String()))) {
		return nil
	}
	return &endpoint.Error{Kind: Incomplete, Err: cause}
}

// response is the answer without the reasoning that some models put before it.
func (a *answerReader) response() Response {
	text := a.text.String()
	response := Response{Text: text, Logprobs: a.logprobs}
	start := reasoningEnd(text)
	if start == 0 {
		return response
	}
	response.Text = text[start:]
	for at := 0; len(response.Logprobs) > 0 && at < start; response.Logprobs = response.Logprobs[1:] {
		at += len(response.Logprobs[0].Token)
	}
	return response
}

// reasoningEnd is the byte after a leading <think>…</think> and the white space behind it, or 0.
func reasoningEnd(text string) int {
	const open, end = "<think>", "</think>"
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), open) {
		return 0
	}
	at := strings.Index(text, end)
	if at < 0 {
		return 0
	}
	rest := strings.TrimLeft(text[at+len(end):], " \t\r\n")
	return len(text) - len(rest)
}

// finish judges an answer by the reason why the server ended it.
func finish(r Request, response *Response, reason string) error {
	switch reason {
	case "stop":
		return nil
	case "length":
		if r.AllowCut {
			response.Cut = true
			return nil
		}
		return endpoint.Errorf(Incomplete, "the answer ran into its limit of %d tokens", response.OutputTokens)
	case "":
		return &endpoint.Error{Kind: Incomplete, Again: true, Err: errors.New("the answer broke off before its end")}
	}
	return endpoint.Errorf(Incomplete, "the server ended the answer for the reason %q", known(reason))
}

// reasons are the words that servers have for the end of an answer. Another may be of the text, and is not repeated.
var reasons = []string{"abort", "cancelled", "content_filter", "error", "function_call", "load", "max_tokens", "tool_calls", "unload"}

func known(reason string) string {
	if slices.Contains(reasons, reason) {
		return reason
	}
	return "unknown"
}
