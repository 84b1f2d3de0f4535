//go:build parts

package llm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit/parts"
)

// TestRealFaults does to a real server what the matrix of faults only imitates: its model is deleted between two calls, and
// it is killed in the middle of an answer.
func TestRealFaults(t *testing.T) {
	url, kill := parts.Doomed(t, "smollm2")
	model := fmt.Sprintf("doomed-%d", os.Getpid())
	manage(t, http.MethodPost, url+"/api/copy", map[string]string{"source": "smollm2", "destination": model})
	for _, backend := range []string{"ollama", "openai"} {
		b := realBackend(t, backend, url, model)
		if _, err := b.Generate(context.Background(), cut("Say hello.", 4)); err != nil {
			t.Fatalf("%s: %v", backend, err)
		}
	}
	manage(t, http.MethodDelete, url+"/api/delete", map[string]string{"model": model})
	for _, backend := range []string{"ollama", "openai"} {
		var failed *llm.Error
		_, err := realBackend(t, backend, url, model).Generate(context.Background(), cut("Say hello.", 4))
		if !errors.As(err, &failed) || failed.Kind != llm.NoModel || !failed.Fatal() {
			t.Errorf("%s: a deleted model: %v", backend, err)
		}
	}
	b := realBackend(t, "ollama", url, "smollm2")
	if _, err := b.Generate(context.Background(), cut("Say hello.", 4)); err != nil {
		t.Fatal(err)
	}
	killed := make(chan time.Time, 1)
	time.AfterFunc(300*time.Millisecond, func() {
		kill()
		killed <- time.Now()
	})
	var failed *llm.Error
	_, err := b.Generate(context.Background(), cut("Write a long story about a ship and her crew.", 900))
	if !errors.As(err, &failed) || failed.Kind != llm.Unreachable || !failed.Fatal() {
		t.Errorf("a killed server: %v", err)
	}
	if took := time.Since(<-killed); took > 10*time.Second {
		t.Errorf("it was noticed after %v", took)
	}
}

func realBackend(t *testing.T, backend, url, model string) llm.Backend {
	t.Helper()
	b, err := llm.New(backend, llm.Options{URL: url, Model: model, ContextSize: 1024, Patience: 2 * time.Second, Backoff: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func cut(text string, tokens int) llm.Request {
	r := user(text, tokens)
	r.AllowCut = true
	return r
}

// manage asks Ollama to do something with a model.
func manage(t *testing.T, method, url string, what map[string]string) {
	t.Helper()
	body, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, url, response.Status)
	}
}
