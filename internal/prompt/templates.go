package prompt

import (
	"embed"
	"fmt"
	"sync"
	"text/template"

	"github.com/ragner/ragner/internal/align"
)

// A released template is never edited, since answers are cached by their prompts and results must stay comparable: a
// better wording is a file with the next version.
//
//go:embed templates/*.tmpl
var files embed.FS

var loaded sync.Map // name → *template.Template

func load(f align.Format, version int) (*template.Template, error) {
	name := fmt.Sprintf("templates/%s.v%d.tmpl", f, version)
	if t, ok := loaded.Load(name); ok {
		return t.(*template.Template), nil
	}
	t, err := template.ParseFS(files, name)
	if err != nil {
		return nil, fmt.Errorf("prompt: no template of format %s with version %d", f, version)
	}
	loaded.Store(name, t)
	return t, nil
}
