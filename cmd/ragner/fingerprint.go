package main

import (
	"encoding/json"

	"github.com/ragner/ragner/internal/config"
)

// fingerprint is what must be equal for a run to go on where another stopped: all that bears on results, and
// nothing else, so that a run may go on with more patience, at another address or into another format.
func (j *tagJob) fingerprint() string {
	c := j.config
	m := j.engine.Index().Manifest()
	shown := map[string]any{
		"program": programVersion(), "generation": m.Generation, "created": m.Created,
		"tagger": c.TaggerName(), "threshold": c.Threshold, "retrieval": c.Retrieval, "shots": c.Prompt.Shots,
	}
	if c.TaggerName() == "llm" {
		shown["model"] = decisive(c.Model)
		shown["prompt"] = c.Prompt
	}
	text, err := json.Marshal(shown)
	if err != nil {
		panic(err) // numbers and words only
	}
	return string(text)
}

// decisive is a model's settings without those that its answers do not depend on.
func decisive(m config.Model) config.Model {
	m.URL, m.AllowRemote, m.APIKeyEnv, m.Cache = "", false, "", ""
	m.Timeout, m.KeepAlive, m.Retries, m.Concurrency, m.Threads = 0, 0, 0, 0, 0
	return m
}
