//go:build parts

package parts_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ragner/ragner/internal/testkit/parts"
)

// TestOllamaAnswersAChat proves the plumbing: the server is up, the model has
// its template, and the answer is text.
func TestRealOllamaAnswersAChat(t *testing.T) {
	url := parts.Ollama(t, "smollm2")
	body := `{"model": "smollm2", "stream": false, "options": {"temperature": 0, "num_predict": 16},
		"messages": [{"role": "user", "content": "Say hello."}]}`
	response, err := http.Post(url+"/api/chat", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Message struct {
			Content string `json:"content"`
		} `json:"message"`
		Done bool `json:"done"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s: %v in %s", response.Status, err, raw)
	}
	if !answer.Done || strings.TrimSpace(answer.Message.Content) == "" {
		t.Fatalf("%s: no text in %s", response.Status, raw)
	}
}
