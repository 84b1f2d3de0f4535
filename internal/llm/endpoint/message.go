package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
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

// quotes reports whether message holds a stretch of window bytes of a private text, or a word of one that servers do not
// use themselves.
func quotes(message string, private []string) bool {
	message = strings.ToLower(message)
	said := map[string]bool{}
	for _, word := range words(message) {
		said[word] = !ownWords[word]
	}
	for _, text := range private {
		text = strings.ToLower(strings.Join(strings.Fields(text), " "))
		if slices.ContainsFunc(words(text), func(word string) bool { return said[word] }) {
			return true
		}
		for i := 0; i+window <= len(message); i++ {
			if strings.Contains(text, message[i:i+window]) {
				return true
			}
		}
	}
	return false
}

// words are the words of text with more than two bytes and without digits alone.
func words(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), func(word string) bool {
		return len(word) < 3
	})
}

// ownWords are those of the messages of Ollama, llama.cpp, vLLM and others, and the ordinary words among them: they tell
// nothing of a text that has them too.
var ownWords = func() map[string]bool {
	known := map[string]bool{}
	for _, word := range strings.Fields(`
		the and for not this that with you are was has had have its can cannot could may must more than from but all any one two out too
		into when while after before again only other please check try your use used using set does did been being will would should very
		server model models request requests response error errors failed failure fail invalid unknown unsupported missing expected
		unexpected found exist exists loaded load loading unload running run start started stop stopped busy overloaded full queue limit
		rate exceeded exceeds maximum max minimum min length context size window tokens token input inputs output prompt message messages
		role content user system assistant text texts json schema format grammar object array string number field fields value values type
		types key keys parse parsing syntax memory available requires required enough gpu cpu vram device cuda disk space file path name
		names url api version timeout timed time deadline connection connected refused reset closed internal service unavailable bad
		authentication unauthorized permission denied forbidden access billing quota status code process processing
		stream batch embedding embeddings vector dimension dimensions generate completion completions chat template options option
		parameter parameters temperature seed runner terminated exit signal killed llama ollama pull first new end begin large long small
		short high low list label labels answer entity entities terms keep alive temporarily currently support supports supported least
		most many much line byte bytes character characters`) {
		known[word] = true
	}
	return known
}()
