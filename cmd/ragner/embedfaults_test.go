package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/testkit"
)

// embedFaults are of the server that embeds the sentences to tag.
var embedFaults = []fault{
	{name: "vectors of another width, once", bad: vectors(5), times: 1, calls: 2},
	{name: "vectors of another width, always", bad: vectors(5), code: "bad_answer", exit: 3, calls: tries, says: "dimensions"},
	{name: "NaN", bad: testkit.Raw("application/json", `{"embeddings":[[1,NaN,2,0]],"data":[{"index":0,"embedding":[1,NaN,2,0]}]}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "null in the place of a number", bad: testkit.Raw("application/json", `{"embeddings":[[1,null,2,0]],"data":[{"index":0,"embedding":[1,null,2,0]}]}`), code: "bad_answer", exit: 3, calls: tries, says: "null"},
	{name: "a number beyond float32", bad: testkit.Raw("application/json", `{"embeddings":[[1,1e99,2,0]],"data":[{"index":0,"embedding":[1,1e99,2,0]}]}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "fewer vectors than texts", bad: testkit.Raw("application/json", `{"embeddings":[],"data":[]}`), times: 1, calls: 2},
	{name: "more vectors than texts", bad: testkit.Raw("application/json", `{"embeddings":[[1,0,0,0],[1,0,0,0]],"data":[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":[1,0,0,0]}]}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "a vector of another text's number", only: "openai", bad: testkit.Raw("application/json", `{"data":[{"index":7,"embedding":[1,0,0,0]}]}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "an error with 200", bad: testkit.Raw("application/json", `{"error":"no memory"}`), code: "bad_answer", exit: 3, calls: tries},
	{name: "garbage", bad: testkit.Raw("application/json", "{]"), times: 2, calls: 3},
	{name: "a web page with 200", bad: page, code: "bad_answer", exit: 3, calls: 1},
	{name: "500, always", bad: testkit.Status(500, `{"error":"out of memory"}`), code: "overloaded", exit: 3, calls: tries},
	{name: "429 with a Retry-After of a day", bad: testkit.Status(429, `{}`, "Retry-After", "86400"), code: "overloaded", exit: 3, calls: 1},
	{name: "connection reset", bad: testkit.Hangup(true), times: 1, calls: 2},
	{name: "a Content-Length that is too large", bad: testkit.Length(9999, "application/json", `{"embeddings":`), code: "incomplete", exit: 3, calls: tries},
	{name: "an answer of 100 MB", bad: testkit.HugeLine(100<<20, &sentVectors), code: "bad_answer", exit: 3, calls: 1, says: "longer"},
	{name: "silence before the answer", bad: testkit.Silence(), code: "timeout", exit: 3, calls: 2, quick: true},
	{name: "the model is gone in the middle", bad: testkit.Status(404, `{"error":"model 'm' not found"}`), exit: 4, calls: 1},
	{name: "a redirect to another host", bad: testkit.Status(308, "", "Location", "http://elsewhere.invalid/"), exit: 4, calls: 1},
	{name: "a restart of the server", bad: testkit.Restart(300 * time.Millisecond), times: 1},
	{name: "the end of the server", bad: testkit.Vanish(), exit: 4, says: "has answered before"},
}

// TestEmbeddingFaults is TestFaults for the server that embeds the sentences, of an index whose vectors it made.
func TestEmbeddingFaults(t *testing.T) {
	for _, backend := range []string{"ollama", "openai"} {
		builder := testkit.NewFaultServer(t, vectors(4))
		base := faultRun{kind: "neighbours", backend: backend}
		base.dir = smallIndex(t, "--embedder", backend+":m", "--embedder-url", builder.URL)
		good := base.with(t, fault{bad: vectors(4)}).run(t, "good", 0)
		if strings.Count(good.text, `"text":"cystic fibrosis"`) != len(batch) {
			t.Fatalf("without faults: %s", good.said)
		}
		for _, f := range embedFaults {
			if f.only == "" || f.only == backend {
				t.Run(backend+"/"+f.name, func(t *testing.T) {
					t.Parallel()
					base.with(t, f).check(t, good)
				})
			}
		}
	}
}
