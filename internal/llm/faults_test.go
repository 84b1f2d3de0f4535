package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
)

const secret = "Patient Nepomuk Quarzfeld has anosognosia"

func ask() llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: "user", Content: secret}}, MaxTokens: 50}
}

// open makes a backend that gives up quickly, so that no case takes long.
func open(t *testing.T, backend, url string, change func(*llm.Options)) llm.Backend {
	t.Helper()
	o := llm.Options{
		URL: url, Model: "m", Timeout: 5 * time.Second, TimeoutPerToken: time.Nanosecond,
		Retries: 2, Backoff: time.Millisecond, Total: 20 * time.Second,
	}
	if change != nil {
		change(&o)
	}
	b, err := llm.New(backend, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type faultCase struct {
	name   string
	script []testkit.Fault
	schema bool
	kind   llm.Kind // "": an answer
	status int
	calls  int
	text   string // of the answer, or of what came before the error
	says   string // part of the error
	fatal  bool
}

func steps(faults ...testkit.Fault) []testkit.Fault { return faults }

var (
	good   = testkit.Answer("SIGN: ", "fever")
	blanks = func(int) string { return "\n " }
	again  = func(int) string { return "na" }
)

var faultCases = []faultCase{
	{name: "good", script: steps(good), calls: 1, text: "SIGN: fever"},
	{name: "empty answer", script: steps(testkit.Answer()), calls: 1},
	{name: "500 once, then good", script: steps(testkit.Status(500, `{"error":"runner gone"}`), good), calls: 2, text: "SIGN: fever"},
	{name: "502 web page", script: steps(testkit.Status(502, "<html>"+secret)), calls: 3, kind: llm.Overloaded, status: 502, says: "no message"},
	{name: "503 always", script: steps(testkit.Status(503, `{"error":"server busy"}`)), calls: 3, kind: llm.Overloaded, status: 503, says: "server busy"},
	{name: "429, then good", script: steps(testkit.Status(429, `{"error":{"message":"slow down"}}`, "Retry-After", "0"), good), calls: 2, text: "SIGN: fever"},
	{name: "429 with too long a Retry-After", script: steps(testkit.Status(429, `{}`, "Retry-After", "60"), good), calls: 1, kind: llm.Overloaded, status: 429},
	{name: "408", script: steps(testkit.Status(408, `{}`)), calls: 3, kind: llm.Timeout, status: 408},
	{name: "404 model", script: steps(testkit.Status(404, `{"error":"model 'm' not found"}`)), calls: 1, kind: llm.NoModel, status: 404, says: "model 'm' not found", fatal: true},
	{name: "404 page", script: steps(testkit.Status(404, "404 page not found")), calls: 1, kind: llm.Refused, status: 404, says: "URL", fatal: true},
	{name: "401", script: steps(testkit.Status(401, `{"error":{"message":"bad key"}}`)), calls: 1, kind: llm.Refused, status: 401, says: "bad key", fatal: true},
	{name: "400", script: steps(testkit.Status(400, `{"error":"wrong role"}`)), calls: 1, kind: llm.Refused, status: 400, says: "wrong role"},
	{name: "400 quoting the prompt", script: steps(testkit.Status(400, `{"detail":"cannot parse 'Nepomuk Quarzfeld has'"}`)), calls: 1, kind: llm.Refused, status: 400, says: "withheld"},
	{name: "400 context", script: steps(testkit.Status(400, `{"error":"the input length exceeds the context length"}`)), calls: 1, kind: llm.ContextOverflow, status: 400},
	{name: "500 context", script: steps(testkit.Status(500, `{"error":{"message":"This model's maximum context length is 512 tokens"}}`)), calls: 1, kind: llm.ContextOverflow, status: 500},
	{name: "redirect", script: steps(testkit.Status(307, "", "Location", "http://elsewhere.invalid/")), calls: 1, kind: llm.Refused, status: 307, fatal: true},
	{name: "reset before a word", script: steps(testkit.Reset(), good), calls: 2, text: "SIGN: fever"},
	{name: "reset in the answer", script: steps(testkit.Reset("SIGN: ")), calls: 3, kind: llm.Incomplete, text: "SIGN: ", says: "broke"},
	{name: "torn line", script: steps(testkit.Torn("SIGN: ")), calls: 3, kind: llm.Incomplete, text: "SIGN: ", says: "broke"},
	{name: "no end", script: steps(testkit.NoEnd("SIGN: ", "fe")), calls: 3, kind: llm.Incomplete, text: "SIGN: fe", says: "broke off"},
	{name: "no end, then good", script: steps(testkit.NoEnd("SIGN: ", "fe"), good), calls: 2, text: "SIGN: fever"},
	{name: "length", script: steps(testkit.EndsWith("length", "SIGN: ", "fe")), calls: 1, kind: llm.Incomplete, text: "SIGN: fe", says: "limit of 2 tokens"},
	{name: "another end", script: steps(testkit.EndsWith("content_filter", "x")), calls: 1, kind: llm.Incomplete, text: "x", says: "content_filter"},
	{name: "garbage", script: steps(testkit.Raw("", "{]"+secret)), calls: 3, kind: llm.BadAnswer, says: "not JSON"},
	{name: "web page", script: steps(testkit.Raw("text/html", "<!DOCTYPE html><p>"+secret)), calls: 1, kind: llm.BadAnswer, says: "web page"},
	{name: "wrong types", script: steps(testkit.Raw("application/json", `{"message":{"content":7},"choices":3}`)), calls: 1, kind: llm.BadAnswer, says: "field"},
	{name: "error in the answer", script: steps(testkit.ErrorInside("runner crashed", "SIGN"), good), calls: 2, text: "SIGN: fever"},
	{name: "context error in the answer", script: steps(testkit.ErrorInside("context length exceeded")), calls: 1, kind: llm.ContextOverflow},
	{name: "clipped prompt", script: steps(testkit.Counted(3, "x")), calls: 1, kind: llm.ContextOverflow, says: "clipped"},
	{name: "prompt as long as the context", script: steps(testkit.Counted(4096, "x")), calls: 1, kind: llm.ContextOverflow, says: "clipped"},
	{name: "white space without end", script: steps(testkit.Drip(0, blanks)), calls: 1, kind: llm.Incomplete, says: "white space"},
	{name: "white space behind whole JSON", script: steps(testkit.Drip(0, func(n int) string {
		return map[bool]string{true: `{"a":[]}`, false: " \n"}[n == 0]
	})), schema: true, calls: 1},
	{name: "one token without end", script: steps(testkit.Drip(0, again)), calls: 1, kind: llm.Incomplete, says: "repeats"},
	{name: "silence", script: steps(testkit.Silence()), calls: 3, kind: llm.Timeout, says: "no complete answer"},
	{name: "slow drip", script: steps(testkit.Drip(40*time.Millisecond, func(n int) string { return fmt.Sprint(n) })), calls: 3, kind: llm.Timeout},
	{name: "reasoning first", script: steps(testkit.Answer("<think>", "hm", "</think>", "\n", "SIGN")), calls: 1, text: "SIGN"},
}

func TestFaults(t *testing.T) {
	for _, backend := range []string{"ollama", "openai"} {
		for _, c := range faultCases {
			t.Run(backend+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				runFault(t, backend, c)
			})
		}
	}
}

func runFault(t *testing.T, backend string, c faultCase) {
	server := testkit.NewFaultServer(t, c.script...)
	request := ask()
	if c.schema {
		request.Schema = []byte(`{"type":"object"}`)
	}
	b := open(t, backend, server.URL, func(o *llm.Options) {
		if c.kind == llm.Timeout {
			o.Timeout = 300 * time.Millisecond
		}
	})
	response, err := b.Generate(context.Background(), request)
	if got := len(server.Requests()); got != c.calls {
		t.Errorf("%d calls, want %d (error: %v)", got, c.calls, err)
	}
	if c.text != "" && response.Text != c.text {
		t.Errorf("text %q, want %q", response.Text, c.text)
	}
	if c.kind == "" {
		if err != nil {
			t.Errorf("error %v", err)
		}
		return
	}
	checkError(t, err, c)
}

func checkError(t *testing.T, err error, c faultCase) {
	t.Helper()
	var failed *llm.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error %v (%T) has no kind", err, err)
	}
	if failed.Kind != c.kind || failed.Status != c.status || failed.Fatal() != c.fatal || failed.Usable() == c.fatal {
		t.Errorf("kind %s status %d fatal %v, want %s %d %v (%v)",
			failed.Kind, failed.Status, failed.Fatal(), c.kind, c.status, c.fatal, err)
	}
	if !strings.Contains(err.Error(), c.says) {
		t.Errorf("%q does not say %q", err, c.says)
	}
	for _, word := range strings.Fields(secret)[1:] {
		if strings.Contains(err.Error(), word) && word != "has" {
			t.Errorf("%q quotes the prompt", err)
		}
	}
}

func TestHugeLine(t *testing.T) {
	var sent atomic.Int64
	server := testkit.NewFaultServer(t, testkit.HugeLine(100<<20, &sent))
	_, err := open(t, "ollama", server.URL, func(o *llm.Options) { o.Timeout, o.Total = time.Minute, 2*time.Minute }).
		Generate(context.Background(), ask())
	checkError(t, err, faultCase{kind: llm.BadAnswer, says: "longer than 4 MiB"})
	if n := sent.Load(); n > 20<<20 {
		t.Errorf("%d bytes of the line were taken", n)
	}
}

func TestCutAnswerWhereAllowed(t *testing.T) {
	for _, backend := range []string{"ollama", "openai"} {
		server := testkit.NewFaultServer(t, testkit.EndsWith("length", "a", "b"))
		request := ask()
		request.AllowCut = true
		response, err := open(t, backend, server.URL, nil).Generate(context.Background(), request)
		if err != nil || !response.Cut || response.Text != "ab" || response.OutputTokens != 2 {
			t.Errorf("%s: %+v, error %v", backend, response, err)
		}
	}
}

// Ten callers of a server that is gone must learn it at once, not each after its own retries.
func TestBreakerOpens(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	server.Close()
	b := open(t, "ollama", server.URL, func(o *llm.Options) { o.Retries, o.Backoff = 5, 20*time.Millisecond })
	for range 10 {
		_, err := b.Generate(context.Background(), ask())
		checkError(t, err, faultCase{kind: llm.Unreachable, says: "is the server running", fatal: true})
	}
	start := time.Now()
	for range 1000 {
		if _, err := b.Generate(context.Background(), ask()); err == nil {
			t.Fatal("no error")
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("1000 calls of an open breaker took %v", took)
	}
}

func TestCancellationIsPrompt(t *testing.T) {
	for name, fault := range map[string]testkit.Fault{
		"silence":  testkit.Silence(),
		"drip":     testkit.Drip(time.Millisecond, func(n int) string { return fmt.Sprint(n) }),
		"in pause": testkit.Status(503, "", "Retry-After", "30"),
	} {
		server := testkit.NewFaultServer(t, fault)
		b := open(t, "ollama", server.URL, func(o *llm.Options) { o.Timeout, o.Total = time.Minute, time.Minute })
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		start := time.Now()
		_, err := b.Generate(ctx, ask())
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 500*time.Millisecond {
			t.Errorf("%s: error %v after %v", name, err, time.Since(start))
		}
	}
}

func TestOverflowIsSeenBeforeTheCall(t *testing.T) {
	server := testkit.NewFaultServer(t, good)
	request := ask()
	request.Messages[0].Content = strings.Repeat("word ", 5000)
	for _, backend := range []string{"ollama", "openai"} {
		_, err := open(t, backend, server.URL, nil).Generate(context.Background(), request)
		checkError(t, err, faultCase{kind: llm.ContextOverflow, says: "5000 tokens"})
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestConsent(t *testing.T) {
	for url, local := range map[string]bool{
		"http://localhost:11434": true, "127.0.0.1:1": true, "http://[::1]:80": true, "https://127.9.9.9": true,
		"http://LOCALHOST./v1": true, "0.0.0.0:11434": true,
		"http://example.org": false, "http://localhost@example.org": false, "http://127.0.0.1.example.org": false,
		"http://10.0.0.1": false, "ftp://localhost": false, "": false, "http://localhost:notaport": false,
	} {
		if got := llm.IsLoopback(url); got != local {
			t.Errorf("IsLoopback(%q) = %v", url, got)
		}
	}
	for _, backend := range []string{"ollama", "openai"} {
		_, err := llm.New(backend, llm.Options{URL: "https://example.org", Model: "m"})
		checkError(t, err, faultCase{kind: llm.Refused, says: "--allow-remote", fatal: true})
		if _, err := llm.New(backend, llm.Options{URL: "https://example.org", Model: "m", AllowRemote: true}); err != nil {
			t.Errorf("with consent: %v", err)
		}
	}
	if _, err := llm.New("ollama", llm.Options{URL: "http://u:hunter2@exa mple/"}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

func TestKeyIsSentAndNotSaid(t *testing.T) {
	server := testkit.NewFaultServer(t, testkit.Status(http.StatusForbidden, `{}`))
	_, err := open(t, "openai", server.URL+"/v1", func(o *llm.Options) { o.Key = "sk-hunter2" }).Generate(context.Background(), ask())
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
	got := server.Requests()[0]
	if got.Header.Get("Authorization") != "Bearer sk-hunter2" || got.Path != "/v1/chat/completions" {
		t.Errorf("sent %q to %s", got.Header.Get("Authorization"), got.Path)
	}
}
