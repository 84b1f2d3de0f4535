package llm

import (
	"strings"
	"unicode/utf8"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// estimateTokens guesses the tokens of messages for a time limit: four characters a token, and a few for each
// turn's frame.
func estimateTokens(messages []Message) int {
	n := 0
	for _, m := range messages {
		n += 8 + (utf8.RuneCountInString(m.Content)+3)/4
	}
	return n
}

// work is the tokens of a call, estimated where the server does not count them.
func work(r Request, response Response) int {
	if response.PromptTokens > 0 {
		return response.PromptTokens + response.OutputTokens
	}
	return estimateTokens(append([]Message{{Content: response.Text}}, r.Messages...))
}

// leastTokens is a lower bound: the tokenizers of language models do not join words across white space.
func leastTokens(messages []Message) int {
	n := 0
	for _, m := range messages {
		for range strings.FieldsSeq(m.Content) {
			n++
		}
	}
	return n
}

// checkFits refuses a prompt that cannot fit, before the server clips it.
func checkFits(r Request, size int) error {
	least := leastTokens(r.Messages)
	if size > 0 && least+r.MaxTokens > size {
		return endpoint.Errorf(ContextOverflow, "a prompt of at least %d tokens and an answer of up to %d do not fit a context of %d",
			least, r.MaxTokens, size)
	}
	return nil
}

// checkCounted compares what the server says it read with what was sent, because some servers clip a prompt
// and say nothing. counted 0 means that the server does not tell.
func checkCounted(r Request, counted, size int) error {
	least := leastTokens(r.Messages)
	switch {
	case counted <= 0:
		return nil
	case counted < least:
		return endpoint.Errorf(ContextOverflow, "the server read %d tokens of a prompt that has at least %d: it was clipped", counted, least)
	case size > 0 && counted >= size:
		return endpoint.Errorf(ContextOverflow, "the prompt took %d tokens of a context of %d: it was clipped, or the context is set too small", counted, size)
	}
	return nil
}

// contents are the texts that no error may quote.
func contents(messages []Message) []string {
	texts := make([]string, len(messages))
	for i, m := range messages {
		texts[i] = m.Content
	}
	return texts
}
