package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/testkit"
)

// poisoned is the document of the batch that the server answers badly; every other one it answers well.
const poisoned = "three"

var batch = []string{"one", "two", poisoned, "four", "five", "six"}

// fault is one way in which a model server fails and what must become of a run over a batch.
type fault struct {
	name  string
	bad   testkit.Fault
	times int    // how many requests about the document are answered so; 0: all
	all   bool   // not only about that document
	code  string // of the document's error; "": it comes out as if nothing had happened
	exit  int    // 4: the run stops
	calls int    // requests about the document; 0: not counted
	says  string // part of what the run says
	only  string // the protocol that it exists in
	quick bool   // short time limits, since the fault is to say nothing
	set   func(*config.Config)
}

var (
	drip    = testkit.Drip(20*time.Millisecond, func(n int) string { return fmt.Sprint(n) })
	blanks  = testkit.Drip(0, func(int) string { return "\n \t " })
	repeats = testkit.Drip(0, func(int) string { return "na" })
	rambles = testkit.Drip(0, func(n int) string { return fmt.Sprint("w", n, " ") })
	page    = testkit.Raw("text/html", "<!DOCTYPE html><html><body>Sign in to the network</body></html>")
	soon    = time.Now().Add(24 * time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	sent    atomic.Int64 // of the huge line

	sentVectors atomic.Int64 // of the huge answer of an embedding server
)

const tries = 1 + 2 // attempts at a call

// chatFaults is the table of docs/reliability.md.
var chatFaults = []fault{
	{name: "connection closed before the answer, once", bad: testkit.Hangup(false), times: 1, calls: 2},
	{name: "connection reset before the answer, once", bad: testkit.Hangup(true), times: 1, calls: 2},
	{name: "connection reset before the answer, always", bad: testkit.Hangup(true), code: "incomplete", exit: 3, calls: tries},
	{name: "connection broken in the middle, once", bad: testkit.Reset("Disease: cys"), times: 1, calls: 2},
	{name: "connection broken in the middle, always", bad: testkit.Reset("Disease: cys"), code: "incomplete", exit: 3, calls: tries},
	{name: "400", bad: testkit.Status(400, `{"error":"bad request"}`), code: "refused", exit: 3, calls: 1},
	{name: "400, the prompt is too long", bad: testkit.Status(400, `{"error":"the prompt is too long"}`), code: "context_overflow", exit: 3},
	{name: "401", bad: testkit.Status(401, `{"error":"no key"}`), exit: 4, calls: 1},
	{name: "404, no such path", bad: testkit.Status(404, "404 page not found"), exit: 4, calls: 1},
	{name: "404, the model is gone in the middle", bad: testkit.Status(404, `{"error":"model 'm' not found"}`), exit: 4, calls: 1, says: "not found"},
	{name: "408, once", bad: testkit.Status(408, `{}`), times: 1, calls: 2},
	{name: "408, always", bad: testkit.Status(408, `{}`), code: "timeout", exit: 3, calls: tries},
	{name: "429 without Retry-After", bad: testkit.Status(429, `{}`), times: 1, calls: 2},
	{name: "429 with Retry-After in seconds", bad: testkit.Status(429, `{}`, "Retry-After", "1"), times: 1, calls: 2},
	{name: "429 with a Retry-After of a day", bad: testkit.Status(429, `{}`, "Retry-After", "86400"), code: "overloaded", exit: 3, calls: 1, says: "more than this call has"},
	{name: "429 with a Retry-After of a date tomorrow", bad: testkit.Status(429, `{}`, "Retry-After", soon), code: "overloaded", exit: 3, calls: 1},
	{name: "500, once", bad: testkit.Status(500, `{"error":"llama runner process has terminated"}`), times: 1, calls: 2},
	{name: "500, always", bad: testkit.Status(500, `{"error":"out of memory"}`), code: "overloaded", exit: 3, calls: tries},
	{name: "502, a page of a proxy, once", bad: testkit.Status(502, "<html>Bad Gateway</html>"), times: 1, calls: 2},
	{name: "503 with a Retry-After in the past", bad: testkit.Status(503, `{}`, "Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT"), times: 2, calls: 3},
	{name: "503, always", bad: testkit.Status(503, `{"error":"loading model"}`), code: "overloaded", exit: 3, calls: tries},
	{name: "504, always", bad: testkit.Status(504, `{}`), code: "timeout", exit: 3, calls: tries},
	{name: "503 to everything", bad: testkit.Status(503, `{}`), all: true, exit: 4, says: "given up"},
	{name: "silence before the answer", bad: testkit.Silence(), code: "timeout", exit: 3, calls: 2, quick: true},
	{name: "silence before the answer, once", bad: testkit.Silence(), times: 1, calls: 2, quick: true},
	{name: "silence to everything", bad: testkit.Silence(), all: true, exit: 4, says: "given up", quick: true, set: giveUpSoon},
	{name: "silence in the middle", bad: testkit.SilenceAfter("Disease: "), code: "timeout", exit: 3, calls: 2, quick: true, says: "fell silent"},
	{name: "slow drip", bad: drip, code: "timeout", exit: 3, calls: 2, quick: true},
	{name: "no end of the answer", bad: testkit.NoEnd("Disease: cys"), code: "incomplete", exit: 3, calls: tries, says: "broke off"},
	{name: "the limit of tokens", bad: testkit.EndsWith("length", "Disease: cys"), code: "incomplete", exit: 3, calls: 1, says: "limit"},
	{name: "an unknown reason for the end", bad: testkit.EndsWith("content_filter", "x"), code: "incomplete", exit: 3, calls: 1},
	{name: "a line cut in its middle", bad: testkit.Torn("Disease: "), code: "incomplete", exit: 3, calls: tries},
	{name: "JSON cut in its middle, orderly closed", bad: testkit.Raw("application/json", `{"message":{"content":"Dis`), times: 1, calls: 2},
	{name: "garbage", bad: testkit.Raw("application/json", "\x01\x02 no JSON {]"), code: "bad_answer", exit: 3, calls: tries},
	{name: "not even HTTP", bad: testkit.Bytes("SSH-2.0-OpenSSH_9.6\r\n"), code: "incomplete", exit: 3, calls: tries},
	{name: "a web page with 200", bad: page, code: "bad_answer", exit: 3, calls: 1, says: "web page"},
	{name: "a web page with 200 for everything", bad: page, all: true, exit: 4, says: "given up"},
	{name: "two JSON documents in the place of one", bad: testkit.Doubled("Disease: "), times: 1, calls: 2},
	{name: "white space without end", bad: blanks, code: "incomplete", exit: 3, calls: 1, says: "white space"},
	{name: "one token without end", bad: repeats, code: "incomplete", exit: 3, calls: 1, says: "repeats"},
	{name: "more tokens than were allowed, without end", bad: rambles, code: "incomplete", exit: 3, calls: 1, says: "limit of tokens"},
	{name: "a line of 100 MB", bad: testkit.HugeLine(100<<20, &sent), code: "bad_answer", exit: 3, calls: 1},
	{name: "the answer of another model, once", bad: testkit.From("other:7b", testkit.Answer("Disease: cystic fibrosis")), times: 1, calls: 2},
	{name: "the answers of another model, always", bad: testkit.From("other:7b", testkit.Answer("none")), code: "bad_answer", exit: 3, calls: tries, says: "another model"},
	{name: "a restart of the server", bad: testkit.Restart(300 * time.Millisecond), times: 1},
	{name: "the end of the server", bad: testkit.Vanish(), exit: 4, says: "has answered before"},
	{name: "a redirect to another host", bad: testkit.Status(307, "", "Location", "http://elsewhere.invalid/"), exit: 4, calls: 1},
	{name: "a Content-Length that is too large", bad: testkit.Length(9999, "application/json", `{"message":`), code: "incomplete", exit: 3, calls: tries},
	{name: "a Content-Length that is too small", bad: testkit.Length(9, "application/json", `{"message":{"content":"x"}}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "gzip that nobody asked for, and none", bad: testkit.Header("Content-Encoding", "gzip", testkit.Raw("application/json", "\x1f\x8bgarbage")), code: "bad_answer", exit: 3, calls: tries, says: "compressed"},
	{name: "bytes that are not UTF-8", bad: testkit.Inside("Disease: \xff\xfe"), code: "bad_answer", exit: 3, calls: tries, says: "UTF-8"},
	{name: "NUL bytes", bad: testkit.Inside("Dis\x00ease"), code: "bad_answer", exit: 3, calls: tries},
	{name: "a silently clipped prompt", bad: testkit.Counted(3, "none"), code: "context_overflow", exit: 3, says: "clipped"},
	{name: "counts below zero", bad: negative, calls: 1},
	{name: "an error inside the answer, once", bad: testkit.ErrorInside("runner crashed", "Disease: "), times: 1, calls: 2},
	{name: "an error inside the answer, always", bad: testkit.ErrorInside("runner crashed", "Disease: "), code: "overloaded", exit: 3, calls: tries, says: "runner crashed"},
}

func giveUpSoon(c *config.Config) { c.Model.GiveUpAfter = 2 }

// negative is a good answer whose counts cannot be.
func negative(w *testkit.Wire) {
	w.Prompt, w.Output = -5, -7
	w.Pieces("Disease: ", "cystic fibrosis\n")
	w.End("stop")
}

// TestFaults runs a batch of documents against a server that fails in each of these ways, by both protocols: the document
// that was answered badly comes out or says why not, the others come out as if nothing had happened, or the run stops
// and goes on later to the same end.
func TestFaults(t *testing.T) {
	base := faultRun{dir: smallIndex(t), kind: "llm"}
	for _, backend := range []string{"ollama", "openai"} {
		base.backend = backend
		good := base.with(t, fault{bad: model(0)}).run(t, "good", 0)
		if good.text == "" || strings.Count(good.text, `"text":"cystic fibrosis"`) != len(batch) {
			t.Fatalf("without faults: %s", good.text)
		}
		for _, f := range chatFaults {
			if f.only == "" || f.only == backend {
				t.Run(backend+"/"+f.name, func(t *testing.T) {
					t.Parallel()
					base.with(t, f).check(t, good)
				})
			}
		}
	}
	t.Cleanup(func() { // when all have run
		if n := sent.Load(); n > 2*20<<20 {
			t.Errorf("%d bytes of two endless lines were taken", n)
		}
	})
}

// A server that is not there at all.
func TestFaultRefused(t *testing.T) {
	server := testkit.NewFaultServer(t, model(0))
	server.Close()
	r := faultRun{dir: smallIndex(t), kind: "llm", backend: "ollama"}
	r.server = server
	started := time.Now()
	if got := r.run(t, "none", exitModel); !strings.Contains(got.said, "cannot reach") || time.Since(started) > time.Second {
		t.Errorf("after %v: %s", time.Since(started), got.said)
	}
}

// faultRun is a batch to tag in the presence of a fault.
type faultRun struct {
	dir, kind, backend string
	fault              fault
	server             *testkit.FaultServer
}

// ran is what became of it.
type ran struct {
	text string // of the output; "" where there is none
	said string
	took time.Duration
}

func (r faultRun) with(t *testing.T, f fault) faultRun {
	marker := "Patient " + poisoned
	if f.all {
		marker = ""
	}
	bad := func(w *testkit.Wire) {
		w.Prompt = 2000 // more than the prompt has, which would look clipped
		f.bad(w)
	}
	r.fault, r.server = f, testkit.NewFaultServer(t, testkit.About(marker, f.times, bad, r.healthy()))
	return r
}

// healthy is how the server answers when it is well.
func (r faultRun) healthy() testkit.Fault {
	if r.kind == "neighbours" {
		return vectors(4)
	}
	return model(0)
}

// check runs the batch and compares what came with what the table says and with the run without faults.
func (r faultRun) check(t *testing.T, good ran) {
	f := r.fault
	got := r.run(t, "out", f.exit)
	if f.says != "" && !strings.Contains(got.said, f.says) {
		t.Errorf("%q is not said: %s", f.says, got.said)
	}
	if strings.Contains(got.said, "cystic") || strings.Contains(got.said, "cough") {
		t.Errorf("the text is quoted: %s", got.said)
	}
	r.checkCalls(t)
	if f.exit == exitModel {
		r.checkStopped(t, got, good)
		return
	}
	lines, want := strings.Split(got.text, "\n"), strings.Split(good.text, "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d: %s", len(lines), len(want), got.said)
	}
	for i, line := range lines {
		if failed := f.code != "" && strings.Contains(line, `"id":"`+poisoned+`"`); failed {
			if !strings.Contains(line, `"entities":[]`) || !strings.Contains(line, `"error":{"code":"`+f.code+`"`) {
				t.Errorf("want the code %s: %s", f.code, line)
			}
		} else if line != want[i] {
			t.Errorf("%s\nwant %s", line, want[i])
		}
	}
}

// checkStopped has the server healed: the same command with --resume ends as if nothing had happened.
func (r faultRun) checkStopped(t *testing.T, got, good ran) {
	if got.text != "" {
		t.Errorf("a run that stopped left %s", got.text)
	}
	r.server = testkit.NewFaultServer(t, r.healthy())
	if again := r.run(t, "out", exitDone); again.text != good.text {
		t.Errorf("resumed: %s", again.text)
	}
}

// checkCalls counts the requests about the document, and that none outlived its time limit by more than a second.
func (r faultRun) checkCalls(t *testing.T) {
	n := 0
	for _, request := range r.server.Requests() {
		w := testkit.Wire{Body: request.Body}
		if strings.Contains(w.Asked(), "Patient "+poisoned) {
			n++
		}
		ended := request.Ended
		if ended.IsZero() {
			ended = time.Now()
		}
		if took := ended.Sub(request.Begun); took > r.timeout()+time.Second {
			t.Errorf("a call took %v", took)
		}
	}
	if r.fault.calls > 0 && n != r.fault.calls {
		t.Errorf("%d requests about the document, want %d", n, r.fault.calls)
	}
}

func (r faultRun) timeout() time.Duration {
	if r.fault.quick {
		return 500 * time.Millisecond
	}
	return 20 * time.Second
}

// run tags the batch as ragner tag does.
func (r faultRun) run(t *testing.T, name string, exit int) ran {
	t.Helper()
	c := r.config()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	e, err := ragner.Open(t.Context(), filepath.Join(r.dir, "idx"), c)
	if err != nil {
		t.Fatal(err)
	}
	defer release(e)
	out := filepath.Join(r.work(t), name+".jsonl")
	format, _ := corpora.FormatByName("jsonl")
	var said bytes.Buffer
	s := streams{nil, nil, &said}
	job := &tagJob{
		streams: s, args: tagArgs{out: out, resume: true}, engine: e, config: e.Options(), format: format,
		input: input{err: &said, specs: []corpora.Spec{{Path: filepath.Join(r.dir, "batch.jsonl"), Options: map[string]string{}}}, goOn: true},
	}
	started := time.Now()
	err = job.run(context.Background())
	got := ran{took: time.Since(started), said: said.String() + fmt.Sprint(err)}
	if code := codeOf(err); code != exit {
		t.Errorf("exit code %d, want %d: %s", code, exit, got.said)
	}
	if data, err := os.ReadFile(out); err == nil {
		got.text = string(data)
	}
	return got
}

func codeOf(err error) int {
	if err == nil {
		return exitDone
	}
	return exitCode(err)
}

// work is the folder of the test's output, the same for all its runs.
func (r faultRun) work(t *testing.T) string {
	dir := filepath.Join(r.dir, "runs", strings.NewReplacer("/", "_", " ", "_").Replace(t.Name()+r.backend))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (r faultRun) config() config.Config {
	c := config.Defaults()
	c.Tagger, c.Threshold = r.kind, 0.01
	c.Model.Backend, c.Model.URL = r.backend, r.server.URL
	retries, patience := tries-1, time.Second
	if r.fault.quick {
		retries = 1
	}
	if r.fault.name == "a restart of the server" {
		patience = 20 * time.Second
	}
	if e := &c.Embedder; r.kind == "neighbours" {
		e.URL, e.Timeout, e.Retries, e.Backoff, e.Patience = r.server.URL, r.timeout(), retries, time.Millisecond, patience
		return c
	}
	c.Retrieval.Mode, c.Prompt.Format = "lexical", "lines"
	m := &c.Model
	m.Name, m.Trust = "m", 1
	m.Timeout, m.PerToken, m.Stall = r.timeout(), 0, r.timeout()/2
	m.Retries, m.Backoff, m.Patience, m.GiveUpAfter = retries, time.Millisecond, patience, 3
	if r.fault.set != nil {
		r.fault.set(&c)
	}
	return c
}

// smallIndex builds an index of a few sentences, and lays the batch beside it.
func smallIndex(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	var corpus, documents strings.Builder
	for i, name := range []string{"cystic fibrosis", "gout", "mumps", "measles"} {
		fmt.Fprintf(&corpus, `{"id":"c%d","text":"She has %s.","entities":[{"start":8,"end":%d,"label":"Disease"}]}`+"\n", i, name, 8+len(name))
	}
	for _, id := range batch {
		fmt.Fprintf(&documents, `{"id":%q,"text":"Patient %s has cystic fibrosis and a cough."}`+"\n", id, id)
	}
	for name, text := range map[string]string{"corpus.jsonl": corpus.String(), "batch.jsonl": documents.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	args := append([]string{"index", "-o", filepath.Join(dir, "idx"), "--corpus", filepath.Join(dir, "corpus.jsonl")}, flags...)
	if code := run(context.Background(), args, streams{nil, &said, &said}); code != exitDone {
		t.Fatal(said.String())
	}
	return dir
}
