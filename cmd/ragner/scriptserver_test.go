package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ragner/ragner/internal/testkit"
)

// startServer starts a scripted model server and gives its address.
func startServer(t *testing.T, scenario string) string {
	faults := map[string]testkit.Fault{
		"good":         model(0),
		"numbers":      numbers,
		"slow":         model(100 * time.Millisecond),
		"missing":      testkit.Status(http.StatusNotFound, `{"error":"model 'm' not found"}`),
		"loading":      testkit.Status(http.StatusServiceUnavailable, `{"error":"loading"}`),
		"embeddings":   vectors(4),
		"othervectors": vectors(5),
		"turned":       turned(4),
		"nothing":      testkit.Embeddings(func(string) []float32 { return make([]float32, 4) }),
		"nan":          testkit.Raw("application/json", `{"embeddings":[[1,null,2]],"data":[{"index":0,"embedding":[1,null,2]}]}`),
		"dying":        dying(),
		"endless":      endless,
	}
	fault, ok := faults[scenario]
	if !ok {
		t.Fatalf("no server %q", scenario)
	}
	server := testkit.NewFaultServer(t, fault)
	servers.Store(server.URL, server)
	return server.URL
}

// servers are those that scripts have started, by address.
var servers sync.Map

// cmdCalls checks how often a server has been asked for an answer or for vectors: calls $URL 6, or calls $URL 6 8.
func cmdCalls(ts *testscript.TestScript, _ bool, args []string) {
	found, ok := servers.Load(args[0])
	if !ok {
		ts.Fatalf("no server at %s", args[0])
	}
	least, err := strconv.Atoi(args[1])
	ts.Check(err)
	most, err := strconv.Atoi(args[len(args)-1])
	ts.Check(err)
	if got := len(found.(*testkit.FaultServer).Requests()); got < least || got > most {
		ts.Fatalf("%d calls, want %d to %d", got, least, most)
	}
}

// model answers as a model does that knows one disease. It refuses a prompt about poison.
func model(pause time.Duration) testkit.Fault {
	return func(w *testkit.Wire) {
		time.Sleep(pause)
		w.Prompt = 2000 // more than any prompt here has, which would look clipped
		asked := w.Asked()
		switch {
		case strings.Contains(asked, "poison"):
			testkit.Status(http.StatusBadRequest, `{"error":"no"}`)(w)
		case strings.Contains(asked, "cystic fibrosis"):
			testkit.Answer("Disease: ", "cystic fibrosis\n")(w)
		default:
			testkit.Answer("none\n")(w)
		}
	}
}

// numbers answers in JSON, for each text of a prompt of several under its number, but not for one that garbles.
func numbers(w *testkit.Wire) {
	w.Prompt = 2000
	var parts []string
	for line := range strings.SplitSeq(w.Asked(), "\n") {
		head, text, _ := strings.Cut(line, ": ")
		number, several := strings.CutPrefix(head, "Text ")
		if !strings.HasPrefix(head, "Text") || several && strings.Contains(text, "garbles") {
			continue
		}
		answer := "{}"
		if strings.Contains(text, "cystic fibrosis") {
			answer = `{"Disease":["cystic fibrosis"]}`
		}
		if !several {
			testkit.Answer(answer)(w)
			return
		}
		parts = append(parts, strconv.Quote(number)+":"+answer)
	}
	testkit.Answer("{" + strings.Join(parts, ",") + "}")(w)
}

// vectors answers as an embedding server does, with so many dimensions.
func vectors(dimensions int) testkit.Fault {
	return testkit.Embeddings(func(text string) []float32 {
		v := make([]float32, dimensions)
		v[len(text)%dimensions] = 1
		return v
	})
}

// turned is another model of as many dimensions.
func turned(dimensions int) testkit.Fault {
	return testkit.Embeddings(func(text string) []float32 {
		v := make([]float32, dimensions)
		v[(len(text)+1)%dimensions] = 1
		return v
	})
}

// dying answers three requests, then breaks off three, and is well again.
func dying() testkit.Fault {
	var asked atomic.Int32
	return func(w *testkit.Wire) {
		if n := asked.Add(1); n > 3 && n <= 6 {
			testkit.Reset()(w)
		}
		vectors(4)(w)
	}
}

// endless runs into the limit of tokens.
func endless(w *testkit.Wire) {
	w.Prompt = 2000
	testkit.EndsWith("length", "Disease: cystic fibrosis\n")(w)
}
