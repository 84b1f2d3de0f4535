package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/testkit"
)

// startServer starts a scripted model server and gives its address.
func startServer(t *testing.T, scenario string) string {
	faults := map[string]testkit.Fault{
		"good":         model(0),
		"slow":         model(100 * time.Millisecond),
		"missing":      testkit.Status(http.StatusNotFound, `{"error":"model 'm' not found"}`),
		"loading":      testkit.Status(http.StatusServiceUnavailable, `{"error":"loading"}`),
		"embeddings":   vectors(4),
		"othervectors": vectors(5),
		"endless":      endless,
	}
	fault, ok := faults[scenario]
	if !ok {
		t.Fatalf("no server %q", scenario)
	}
	return testkit.NewFaultServer(t, fault).URL
}

// model answers as a model does that knows one disease. It refuses a prompt about poison.
func model(pause time.Duration) testkit.Fault {
	return func(w *testkit.Wire) {
		time.Sleep(pause)
		w.Prompt = 2000 // more than any prompt here has, which would look clipped
		asked := lastMessage(w.Body)
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

func lastMessage(body map[string]any) string {
	messages, _ := body["messages"].([]any)
	if len(messages) == 0 {
		return ""
	}
	last, _ := messages[len(messages)-1].(map[string]any)
	text, _ := last["content"].(string)
	return text
}

// vectors answers as an embedding server does, with so many dimensions.
func vectors(dimensions int) testkit.Fault {
	return testkit.Embeddings(func(text string) []float32 {
		v := make([]float32, dimensions)
		v[len(text)%dimensions] = 1
		return v
	})
}

// endless runs into the limit of tokens.
func endless(w *testkit.Wire) {
	w.Prompt = 2000
	testkit.EndsWith("length", "Disease: cystic fibrosis\n")(w)
}
