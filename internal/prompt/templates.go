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
	t, err := loadFile(fmt.Sprintf("%s.v%d.tmpl", f, version))
	if err != nil {
		return nil, fmt.Errorf("prompt: no template of format %s with version %d", f, version)
	}
	return t, nil
}

func loadFile(name string) (*template.Template, error) {
	if t, ok := loaded.Load(name); ok {
		return t.(*template.Template), nil
	}
	t, err := template.ParseFS(files, "templates/"+name)
	if err != nil {
		return nil, fmt.Errorf("prompt: no template %s: %w", name, err)
	}
	loaded.Store(name, t)
	return t, nil
}
