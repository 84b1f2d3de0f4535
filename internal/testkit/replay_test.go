package testkit

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/ragner/ragner/internal/llm"
)

func question(text string) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: "user", Content: text}}}
}

func TestReplayRecordsAndReplays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.json")
	source := &Replay{Answer: func(r llm.Request) (llm.Response, error) {
		return llm.Response{Text: "to " + r.Messages[0].Content, Duration: 5}, nil
	}}
	recorder := &Replay{Record: source}
	for range 2 {
		if _, err := recorder.Generate(context.Background(), question("a")); err != nil {
			t.Fatal(err)
		}
	}
	if len(source.Requests()) != 1 || len(recorder.Requests()) != 2 {
		t.Errorf("%d of %d requests were passed on", len(source.Requests()), len(recorder.Requests()))
	}
	if err := recorder.Save(path); err != nil {
		t.Fatal(err)
	}
	replay, err := LoadReplay(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := replay.Generate(context.Background(), question("a")); err != nil || got.Text != "to a" || got.Duration != 0 {
		t.Errorf("%+v, error %v", got, err)
	}
	if _, err := replay.Generate(context.Background(), question("b")); err == nil {
		t.Error("an unknown request was answered")
	}
}

func TestReplayHeedsTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Replay{}).Generate(ctx, question("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
