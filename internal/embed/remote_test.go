package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/llm/endpoint"
	"github.com/ragner/ragner/internal/testkit"
)

// toy maps "n12" to a vector of which the direction tells 12.
func toy(text string) []float32 {
	var n int
	if _, err := fmt.Sscanf(text, "n%d", &n); err != nil {
		n = 1
	}
	return []float32{float32(n), 1, 0}
}

func toyServer(t *testing.T, faults ...testkit.Fault) *testkit.FaultServer {
	return testkit.NewFaultServer(t, append([]testkit.Fault{testkit.Embeddings(toy)}, faults...)...)
}

func openToy(t *testing.T, kind, url string) Embedder {
	t.Helper()
	e, err := Parse(context.Background(), kind+":m", Options{URL: url, Batch: 3, Concurrency: 4, Backoff: time.Millisecond, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRemoteKeepsOrder(t *testing.T) {
	for _, kind := range []string{"ollama", "openai"} {
		server := toyServer(t)
		e := openToy(t, kind, server.URL)
		var texts []string
		for i := range 50 {
			texts = append(texts, fmt.Sprintf("n%d", i))
		}
		texts[7] = " \t"
		vectors, err := e.Embed(context.Background(), texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range vectors {
			want := toy(texts[i])
			normalize(want)
			if i == 7 {
				want = make([]float32, 3)
			}
			if len(v) != 3 || math.Abs(float64(v[0]-want[0])) > 1e-6 || math.Abs(float64(v[1]-want[1])) > 1e-6 {
				t.Fatalf("%s: text %d has %v, want %v", kind, i, v, want)
			}
		}
		if n := len(server.Requests()); n != 1+17 { // the first tells the dimensions; 49 texts by threes
			t.Errorf("%s: %d requests", kind, n)
		}
	}
}

func TestRemoteIDs(t *testing.T) {
	server := toyServer(t)
	for kind, want := range map[string]string{"ollama": "ollama:m@abc123", "openai": "openai:m"} {
		if e := openToy(t, kind, server.URL); e.ID() != want || e.Dimensions() != 3 {
			t.Errorf("%s: id %q, %d dimensions", kind, e.ID(), e.Dimensions())
		}
	}
	if got := ollamaID("x:latest", "sha256:0123456789abcdef"); got != "ollama:x@0123456789ab" {
		t.Errorf("id %q", got)
	}
}

func TestRemoteFaults(t *testing.T) {
	fixed := func(v ...float32) testkit.Fault {
		return testkit.Embeddings(func(string) []float32 { return v })
	}
	for name, c := range map[string]struct {
		fault testkit.Fault
		kind  endpoint.Kind
		says  string
	}{
		"wrong width":     {fixed(1, 2), endpoint.BadAnswer, "2 dimensions, the first had 3"},
		"null for NaN":    {testkit.Raw("application/json", `{"embeddings":[[1,null,2]],"data":[{"index":0,"embedding":[1,null,2]}]}`), endpoint.BadAnswer, "null"},
		"not float32":     {testkit.Raw("application/json", `{"embeddings":[[1e99,1,2]],"data":[{"index":0,"embedding":[1e99,1,2]}]}`), endpoint.BadAnswer, "float32"},
		"short":           {testkit.Raw("application/json", `{"embeddings":[],"data":[]}`), endpoint.BadAnswer, "0 embeddings came for 1"},
		"server error":    {testkit.Status(500, `{"error":"out of memory"}`), endpoint.Overloaded, "out of memory"},
		"web page":        {testkit.Raw("text/html", "<html>"), endpoint.BadAnswer, "web page"},
		"quotes the text": {testkit.Status(400, `{"error":"bad input: n1 Quarzfeld anosognosia"}`), endpoint.Refused, "withheld"},
	} {
		for _, kind := range []string{"ollama", "openai"} {
			e := openToy(t, kind, toyServer(t, c.fault).URL)
			_, err := e.Embed(context.Background(), []string{"n1 Quarzfeld anosognosia"})
			var failed *endpoint.Error
			if !errors.As(err, &failed) || failed.Kind != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: error %v", name, kind, err)
			}
			if err != nil && strings.Contains(err.Error(), "Quarzfeld") {
				t.Errorf("%s: %q quotes the text", name, err)
			}
		}
	}
}

func TestRemoteRetries(t *testing.T) {
	e := openToy(t, "ollama", toyServer(t, testkit.Status(503, `{}`), testkit.Reset(), testkit.Embeddings(toy)).URL)
	if _, err := e.Embed(context.Background(), []string{"n4"}); err != nil {
		t.Error(err)
	}
}

func TestOpenAIIndexesMustBeWhole(t *testing.T) {
	twice := `{"data":[{"index":0,"embedding":[1,1,1]},{"index":0,"embedding":[1,1,1]}]}`
	e := openToy(t, "openai", toyServer(t, testkit.Raw("application/json", twice)).URL)
	if _, err := e.Embed(context.Background(), []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), "each once") {
		t.Errorf("error %v", err)
	}
}

func TestUnitRefusesWhatIsNotFinite(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if (vector{1, float32(x)}).unit() == nil {
			t.Errorf("%v passed", x)
		}
	}
	v := vector{3e38, 3e38}
	if err := v.unit(); err != nil || math.Abs(float64(v[0])-math.Sqrt2/2) > 1e-6 {
		t.Errorf("%v, error %v", v, err)
	}
}

func TestParse(t *testing.T) {
	if e, err := Parse(context.Background(), "static", Options{}); err != nil || e.ID() != staticID {
		t.Errorf("static: error %v", err)
	}
	if e, err := Parse(context.Background(), "none", Options{}); err != nil || e != nil {
		t.Errorf("none: %v, error %v", e, err)
	}
	for spec, says := range map[string]string{
		"": "known: static", "glove": "known: static", "static:x": "known: static", "ollama": "names no model", "openai:": "names no model",
	} {
		if _, err := Parse(context.Background(), spec, Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v", spec, err)
		}
	}
	for spec, o := range map[string]Options{
		"ollama:m": {URL: "http://example.org"}, "openai:m": {URL: "https://example.org/v1"},
	} {
		var failed *endpoint.Error
		if _, err := Parse(context.Background(), spec, o); !errors.As(err, &failed) || failed.Kind != endpoint.Refused {
			t.Errorf("%s without consent: error %v", spec, err)
		}
	}
	if _, err := Parse(context.Background(), "ollama:m", Options{Batch: -1}); err == nil {
		t.Error("a negative batch passed")
	}
}
