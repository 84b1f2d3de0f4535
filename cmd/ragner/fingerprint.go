package main

import "encoding/json"

// fingerprint is what must be equal for a run to go on where another stopped: all that bears on results, and
// nothing else, so that a run may go on with more patience, at another address or into another format.
func (j *tagJob) fingerprint() string {
	m := j.engine.Index().Manifest()
	text, err := json.Marshal(map[string]any{
		"program": programVersion(), "tagger": j.engine.Tagger(), "generation": m.Generation, "created": m.Created, "settings": j.config.Decisive(),
	})
	if err != nil {
		panic(err) // numbers and words only
	}
	return string(text)
}
