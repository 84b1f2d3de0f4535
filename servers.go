package ragner

import (
	"os"
	"strings"

	"github.com/ollama/ollama/envconfig"
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
