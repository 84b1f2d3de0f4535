package llm

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// prefix estimates what a server that does not tell it had kept of a prompt: what it has in common, from its beginning,
// with the prompt answered before. That is right for a server with one slot (Ollama's default); with several it may
// keep more.
type prefix struct {
	mu   sync.Mutex
	last string
}

// common takes the next prompt, and gives the share of its characters that it has in common with the one before, 0 to 1.
func (p *prefix) common(messages []Message) float64 {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.Role + "\x00" + m.Content + "\x00")
	}
	text := b.String()
	p.mu.Lock()
	before := p.last
	p.last = text
	p.mu.Unlock()
	n := 0
	for n < min(len(text), len(before)) && text[n] == before[n] {
		n++
	}
	if n == 0 {
		return 0
	}
	return float64(utf8.RuneCountInString(text[:n])) / float64(utf8.RuneCountInString(text))
}
