package ragner

import "testing"

func TestAddressesThatOptionsLeaveOpen(t *testing.T) {
	for _, c := range []struct {
		host, backend, url, embedder, model, embedding string
	}{
		{"", "ollama", "", "ollama:m", "", ""},
		{"", "ollama", "http://127.0.0.1:1", "ollama:m", "http://127.0.0.1:1", "http://127.0.0.1:1"},
		{"", "openai", "http://127.0.0.1:1/v1", "ollama:m", "http://127.0.0.1:1/v1", ""},
		{"127.0.0.1:5000", "ollama", "", "ollama:m", "http://127.0.0.1:5000", "http://127.0.0.1:5000"},
		{"0.0.0.0", "ollama", "", "ollama:m", "http://127.0.0.1:11434", "http://127.0.0.1:11434"},
		{"127.0.0.1:5000", "ollama", "http://127.0.0.1:1", "openai:m", "http://127.0.0.1:1", ""},
		{"127.0.0.1:5000", "openai", "", "openai:m", "", ""},
	} {
		t.Setenv("OLLAMA_HOST", c.host)
		o := Defaults()
		o.Model.Backend, o.Model.URL = c.backend, c.url
		o = withServers(o)
		if got := o.Model.URL; got != c.model {
			t.Errorf("%+v: model at %q", c, got)
		}
		if got := embedderURL(c.embedder, o); got != c.embedding {
			t.Errorf("%+v: embedder at %q", c, got)
		}
	}
}
