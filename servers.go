package ragner

import (
	"os"
	"strings"

	"github.com/ollama/ollama/envconfig"

	"github.com/ragner/ragner/internal/llm"
)

// withServers fills in the addresses that the options leave open: Ollama's from OLLAMA_HOST, as its own client does,
// and the embedder's from the model's, where both are of one backend. What stays open is the backend's usual address.
func withServers(o Options) Options {
	o.Model.URL = serverURL(o.Model.Backend, o.Model.URL)
	return o
}

func serverURL(backend, url string) string {
	if url != "" || backend != "ollama" || os.Getenv("OLLAMA_HOST") == "" {
		return url
	}
	host := envconfig.Host()
	// A server told to listen on every address is reached on this machine.
	if name := host.Hostname(); name == "0.0.0.0" || name == "::" {
		host.Host = "127.0.0.1:" + host.Port()
	}
	return host.String()
}

// Elsewhere says which servers on other machines get text, as the settings permit; every run should say it.
func (e *Engine) Elsewhere() []string {
	var list []string
	if e.backend != nil {
		list = elsewhere(e.options.Model.URL, "model.allow_remote")
	}
	return append(list, EmbedderElsewhere(e.index.Manifest().Embedder.Name, e.options)...)
}

// EmbedderElsewhere says so of the server of an embedder.
func EmbedderElsewhere(name string, o Options) []string {
	if !strings.Contains(name, ":") {
		return nil // built in, or none
	}
	return elsewhere(embedderURL(name, withServers(o)), "embedder.allow_remote")
}

func elsewhere(url, setting string) []string {
	if url == "" || llm.IsLoopback(url) {
		return nil
	}
	return []string{"text is sent to " + llm.Redacted(url) + ", another machine, as " + setting + " permits"}
}

// embedderURL is the address for an embedder named "ollama:MODEL" or "openai:MODEL".
func embedderURL(name string, o Options) string {
	backend, _, _ := strings.Cut(name, ":")
	switch {
	case o.Embedder.URL != "":
		return o.Embedder.URL
	case backend == o.Model.Backend && o.Model.URL != "":
		return o.Model.URL
	}
	return serverURL(backend, "")
}
