// Package report writes what an ablation found out for people and for programs: one HTML page, one Markdown file, one
// table of comma-separated values and the whole as JSON. It computes no figure that is not in ablation.Results, except
// rates a sentence, and knows nothing of how the rows came about.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ragner/ragner/internal/ablation"
)

// Write writes results.json, results.csv, report.md and report.html into dir, which it makes where it is missing. Each
// file is replaced in one step, and none before all four could be rendered. Equal results give equal bytes. The files
// hold text of the gold documents and of the index.
func Write(dir string, r ablation.Results) error {
	v, err := newView(r)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	var files []file
	for _, f := range []struct {
		name   string
		render func() ([]byte, error)
	}{
		{"results.json", func() ([]byte, error) { return asJSON(r) }},
		{"results.csv", func() ([]byte, error) { return asCSV(r) }},
		{"report.md", func() ([]byte, error) { return asMarkdown(v), nil }},
		{"report.html", func() ([]byte, error) { return asHTML(v) }},
	} {
		content, err := f.render()
		if err != nil {
			return fmt.Errorf("render %s: %w", f.name, err)
		}
		files = append(files, file{filepath.Join(dir, f.name), content})
	}
	return writeAll(dir, files)
}

type file struct {
	path    string
	content []byte
}

func writeAll(dir string, files []file) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for _, f := range files {
		if err := f.replace(); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// replace writes the content beside the file and renames it, so that a reader sees the old content or the new.
func (f file) replace() error {
	aside := f.path + ".tmp"
	if err := os.WriteFile(aside, f.content, 0o644); err != nil {
		return err
	}
	if err := os.Rename(aside, f.path); err != nil {
		_ = os.Remove(aside)
		return err
	}
	return nil
}

func asJSON(r ablation.Results) ([]byte, error) {
	content, err := json.MarshalIndent(r, "", "  ")
	return append(content, '\n'), err
}
