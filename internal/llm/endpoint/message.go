package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// FromServer makes the error for a status and the server's message.
func FromServer(status int, message string, private []string) *Error {
	e := &Error{Status: status, Err: errors.New(tidy(message, private))}
	switch {
	case speaksOfContext(message):
		e.Kind = ContextOverflow
	case status == http.StatusNotFound && strings.Contains(strings.ToLower(message), "model"):
		e.Kind = NoModel
	case status == http.StatusRequestTimeout, status == http.StatusGatewayTimeout:
		e.Kind, e.Again = Timeout, true
	case status == http.StatusTooManyRequests, status >= 500:
		e.Kind, e.Again = Overloaded, true
	case status == http.StatusNotFound:
		e.Kind, e.Err = Refused, fmt.Errorf("%w; is the URL right, and the backend?", e.Err)
	default:
		e.Kind = Refused
	}
	return e
}

// speaksOfContext recognises how Ollama, llama.cpp, vLLM and OpenAI say that a prompt is too long.
func speaksOfContext(message string) bool {
	message = strings.ToLower(message)
	for _, phrase := range []string{
		"exceeds the context", "exceeds maximum context", "exceed_context_size", "exceeds the available context",
		"maximum context length", "context_length_exceeded", "context length exceeded", "prompt is too long",
		"too large to process", // llama.cpp, of a text to embed
	} {
		if strings.Contains(message, phrase) {
			return true
		}
	}
	return false
}

// ServerMessage finds the message in an error's body as Ollama {"error":""}, OpenAI {"error":{"message":""}},
// FastAPI {"detail":""} and others {"message":""} write it. A body of another kind has none: it may be a web page.
func ServerMessage(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return ""
	}
	for _, name := range []string{"error", "message", "detail"} {
		var text string
		if json.Unmarshal(fields[name], &text) == nil && text != "" {
			return text
		}
		var nested struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(fields[name], &nested) == nil && nested.Message != "" {
			return nested.Message
		}
	}
	return ""
}

// maxMessage is how many bytes of a server's message are kept.
const maxMessage = 300

// window is the length of a stretch in bytes that counts as a quotation of what was sent.
const window = 12

// tidy shortens a server's message to one line and withholds it when it quotes what was sent.
func tidy(message string, private []string) string {
	message = strings.Join(strings.Fields(message), " ")
	if message == "" {
		return "the server gave no message"
	}
	if quotes(message, private) {
		return "the server's message is withheld, for it quotes the text that was sent"
	}
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + "…"
	}
	return message
}

// quotes reports whether a stretch of window bytes of message, or a whole shorter text, stands in a private text.
func quotes(message string, private []string) bool {
	for _, text := range private {
		text = strings.Join(strings.Fields(text), " ")
		if len(text) < window {
			if len(text) > 2 && strings.Contains(message, text) {
				return true
			}
			continue
		}
		for i := 0; i+window <= len(message); i++ {
			if strings.Contains(text, message[i:i+window]) {
				return true
			}
		}
	}
	return false
}
