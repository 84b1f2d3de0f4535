package embed

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/ragner/ragner/internal/llm/endpoint"
)

// clip cuts the texts that are too long for a request: a server may take minutes for one that no model reads to its end.
func (o Options) clip(texts []string) []string {
	clipped := texts
	for i, text := range texts {
		if len(text) <= o.BatchChars || utf8.RuneCountInString(text) <= o.BatchChars {
			continue
		}
		if &clipped[0] == &texts[0] {
			clipped = slices.Clone(texts)
		}
		clipped[i] = string([]rune(text)[:o.BatchChars])
	}
	return clipped
}

// batchSize is how many of the texts at these places make the next request: at least one.
func (o Options) batchSize(texts []string, places []int) int {
	chars := 0
	for n, at := range places[:min(o.Batch, len(places))] {
		chars += utf8.RuneCountInString(texts[at])
		if n > 0 && chars > o.BatchChars {
			return n
		}
	}
	return min(o.Batch, len(places))
}

// ask is request, in smaller requests where the server finds one too large. A single text that is too long for the
// model is embedded by its beginning, as Ollama does by itself.
func (e *remote) ask(ctx context.Context, texts []string) ([]vector, error) {
	vectors, err := e.request(ctx, texts)
	switch {
	case err == nil || !tooLarge(err, len(texts)):
		return vectors, err
	case len(texts) == 1:
		short := firstHalf(texts[0])
		if short == "" {
			return nil, err
		}
		return e.ask(ctx, []string{short})
	}
	first, err := e.ask(ctx, texts[:len(texts)/2])
	if err != nil {
		return nil, err
	}
	second, err := e.ask(ctx, texts[len(texts)/2:])
	return append(first, second...), err
}

// tooLarge reports whether fewer or shorter texts may do. Servers refuse a batch for its size, or for one text in it,
// with one of several statuses; only some say that it is the length of a text.
func tooLarge(err error, texts int) bool {
	var failed *endpoint.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch {
	case failed.Kind == endpoint.ContextOverflow, failed.Status == http.StatusRequestEntityTooLarge:
		return true
	case failed.Status == http.StatusBadRequest, failed.Status == http.StatusUnprocessableEntity:
		return texts > 1
	}
	return false
}

// shortest is the number of bytes below which no text is cut any more: a server that refuses it refuses everything.
const shortest = 16

// firstHalf cuts a text at a character near its middle; "" where it is short already.
func firstHalf(text string) string {
	if len(text) < shortest {
		return ""
	}
	end := len(text) / 2
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
