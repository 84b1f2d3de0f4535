package testkit

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// FaultServer is a model server that speaks Ollama's and OpenAI's API and answers each generation with the next
// fault of its script, the last again and again.
type FaultServer struct {
	URL string

	mu       sync.Mutex
	server   *httptest.Server // nil while it is down
	script   []Fault
	requests []Recorded
}

// Recorded is a request that arrived.
type Recorded struct {
	Path   string
	Header http.Header
	Body   map[string]any
	Begun  time.Time
	Ended  time.Time // when it was answered, or the client went away; zero: it is under way
}

// NewFaultServer starts a server, closed at the end of the test.
func NewFaultServer(tb testing.TB, script ...Fault) *FaultServer {
	tb.Helper()
	f := &FaultServer{script: script}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	f.URL = f.server.URL
	tb.Cleanup(f.Close)
	return f
}

// Close takes the server away and breaks every connection. It may be closed again.
func (f *FaultServer) Close() {
	f.mu.Lock()
	server := f.server
	f.server = nil
	f.mu.Unlock()
	if server != nil {
		_ = server.Listener.Close()
		server.CloseClientConnections()
		server.Close()
	}
}

// Reopen brings a closed server back at its address.
func (f *FaultServer) Reopen() error {
	listener, err := net.Listen("tcp", strings.TrimPrefix(f.URL, "http://"))
	if err != nil {
		return err
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server = server
	return nil
}

// Requests are the generations and embeddings asked for so far, in order of arrival.
func (f *FaultServer) Requests() []Recorded {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Recorded(nil), f.requests...)
}

func (f *FaultServer) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/version":
		fmt.Fprint(w, `{"version":"0.17.4"}`)
	case "/api/tags":
		fmt.Fprint(w, `{"models":[{"name":"m:latest","digest":"abc123","details":{"parameter_size":"1B","quantization_level":"Q4_0"}}]}`)
	case "/api/show":
		fmt.Fprint(w, `{"model_info":{"toy.context_length":8192}}`)
	case "/v1/models":
		fmt.Fprint(w, `{"data":[{"id":"m","max_model_len":8192}]}`)
	default:
		fault, body, ended := f.next(r)
		defer ended()
		model, _ := body["model"].(string)
		fault(&Wire{
			ResponseWriter: w, Request: r, Body: body, Prompt: 50, Model: model,
			openAI: strings.HasPrefix(r.URL.Path, "/v1/"), server: f,
		})
	}
}

// next notes the request and takes its fault from the script. What it gives last is called when the request has ended.
func (f *FaultServer) next(r *http.Request) (Fault, map[string]any, func()) {
	recorded := Recorded{Path: r.URL.Path, Header: r.Header.Clone(), Begun: time.Now()}
	if body, err := io.ReadAll(r.Body); err == nil {
		_ = json.Unmarshal(body, &recorded.Body) // a body that is no JSON is recorded as nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at := len(f.requests)
	f.requests = append(f.requests, recorded)
	ended := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.requests[at].Ended = time.Now()
	}
	if len(f.script) == 0 {
		return Status(http.StatusTeapot, "the script is empty"), recorded.Body, ended
	}
	fault := f.script[0]
	if len(f.script) > 1 {
		f.script = f.script[1:]
	}
	return fault, recorded.Body, ended
}

// Wire writes answers in the protocol of the request's path.
type Wire struct {
	http.ResponseWriter
	Request *http.Request
	Body    map[string]any // of the request
	Prompt  int            // tokens of the prompt, as End will say
	Output  int            // of the answer; 0: as many as pieces
	Model   string         // whose answer it is said to be

	openAI bool
	pieces int
	server *FaultServer
}

// Asked is the text that the request is about: the last message of a chat, or the first text to embed.
func (w *Wire) Asked() string {
	if inputs, ok := w.Body["input"].([]any); ok && len(inputs) > 0 {
		text, _ := inputs[0].(string)
		return text
	}
	messages, _ := w.Body["messages"].([]any)
	if len(messages) == 0 {
		return ""
	}
	last, _ := messages[len(messages)-1].(map[string]any)
	text, _ := last["content"].(string)
	return text
}

// OpenAI reports whether the request came by OpenAI's API.
func (w *Wire) OpenAI() bool { return w.openAI }

// Pieces streams pieces of an answer, each with a log-probability.
func (w *Wire) Pieces(pieces ...string) {
	for _, piece := range pieces {
		w.pieces++
		w.raw(w.line(piece))
	}
}

func (w *Wire) line(piece string) string {
	text, err := json.Marshal(piece)
	if err != nil {
		panic(err)
	}
	if w.openAI {
		return fmt.Sprintf(`data: {"model":%q,"choices":[{"delta":{"content":%s},"logprobs":{"content":[{"token":%s,"logprob":-0.5}]},"finish_reason":null}]}`+"\n\n", w.Model, text, text)
	}
	return fmt.Sprintf(`{"model":%q,"message":{"role":"assistant","content":%s},"done":false,"logprobs":[{"token":%s,"logprob":-0.5}]}`+"\n", w.Model, text, text)
}

// End writes what ends an answer, with its reason and the counts of tokens.
func (w *Wire) End(reason string) {
	output := w.Output
	if output == 0 {
		output = w.pieces
	}
	if w.openAI {
		w.raw(fmt.Sprintf(`data: {"choices":[{"delta":{},"finish_reason":%q}]}`+"\n\n", reason))
		w.raw(fmt.Sprintf(`data: {"choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d}}`+"\n\ndata: [DONE]\n\n", w.Prompt, output))
		return
	}
	w.raw(fmt.Sprintf(`{"message":{"role":"assistant","content":""},"done":true,"done_reason":%q,"prompt_eval_count":%d,"eval_count":%d}`+"\n",
		reason, w.Prompt, output))
}

// Error writes an error inside the stream.
func (w *Wire) Error(message string) {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	if w.openAI {
		w.raw(fmt.Sprintf("data: {\"error\":{\"message\":%s}}\n\n", text))
		return
	}
	w.raw(fmt.Sprintf("{\"error\":%s}\n", text))
}

func (w *Wire) raw(s string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", map[bool]string{true: "text/event-stream", false: "application/x-ndjson"}[w.openAI])
	}
	fmt.Fprint(w, s)
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
