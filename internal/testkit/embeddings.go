package testkit

import (
	"encoding/json"
	"slices"
)

// Embeddings answers a request for vectors in the protocol of its path; OpenAI's come in the reverse order, which
// its API allows.
func Embeddings(vector func(text string) []float32) Fault {
	return func(w *Wire) {
		type item struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		var items []item
		var vectors [][]float32
		inputs, _ := w.Body["input"].([]any)
		for i, input := range inputs {
			text, _ := input.(string)
			v := vector(text)
			vectors, items = append(vectors, v), append(items, item{i, v})
		}
		slices.Reverse(items)
		var answer any = map[string]any{"embeddings": vectors}
		if w.OpenAI() {
			answer = map[string]any{"data": items}
		}
		data, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.raw(string(data))
	}
}
