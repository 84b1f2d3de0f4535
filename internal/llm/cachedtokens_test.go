package llm_test

import (
	"context"
	"testing"

	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/testkit"
)

// TestCachedTokens: what a server had read before, as each kind of server tells it.
func TestCachedTokens(t *testing.T) {
	const piece = `data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}` + "\n\n"
	stream := func(last string) testkit.Fault {
		return testkit.Raw("text/event-stream", piece+"data: "+last+"\n\ndata: [DONE]\n\n")
	}
	for name, c := range map[string]struct {
		answer testkit.Fault
		want   int
	}{
		"OpenAI, vLLM":      {stream(`{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":64}}}`), 64},
		"vLLM, not enabled": {stream(`{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1,"prompt_tokens_details":null}}`), 0},
		"llama.cpp":         {stream(`{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1},"timings":{"cache_n":80,"prompt_n":10}}`), 80},
		"older llama.cpp":   {stream(`{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1},"timings":{"prompt_n":20}}`), 70},
		"one that lies":     {stream(`{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":999}}}`), 90},
	} {
		g, err := llm.NewOpenAI(llm.Options{URL: testkit.NewFaultServer(t, c.answer).URL, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := g.Generate(context.Background(), llm.Request{Messages: []llm.Message{{"user", "a b"}}})
		if err != nil || r.CachedTokens != c.want || r.PromptTokens != 90 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	g, err := llm.NewOllama(llm.Options{URL: testkit.NewFaultServer(t, testkit.Counted(100, "x")).URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 50, 100} {
		text := []string{"12345678", "1234abcd!!!!!!", "1234abcd!!!!!!"}[i] // with the role and two ends the second has 20 characters
		r, err := g.Generate(context.Background(), llm.Request{Messages: []llm.Message{{"user", text}}})
		if err != nil || i != 1 && r.CachedTokens != want || i == 1 && (r.CachedTokens < 40 || r.CachedTokens > 50) {
			t.Errorf("Ollama, call %d: %+v, %v", i, r, err)
		}
	}
}
