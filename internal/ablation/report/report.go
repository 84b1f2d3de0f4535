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
	// JSON comes first: it refuses figures that are no numbers, on which the drawing of axes would not end.
	files := []file{{name: "results.json"}, {name: "results.csv"}, {name: "report.md"}, {name: "report.html"}}
	var v view
	for i, render := range []func() ([]byte, error){
		func() ([]byte, error) { return asJSON(r) },
		func() ([]byte, error) { return asCSV(r) },
		func() (_ []byte, err error) { v, err = newView(r); return asMarkdown(v), err },
		func() ([]byte, error) { return asHTML(v) },
	} {
		content, err := render()
		if err != nil {
			return fmt.Errorf("render %s: %w", files[i].name, err)
		}
		files[i].content = content
	}
	return writeAll(dir, files)
}

type file struct {
	name    string
	content []byte
}

func writeAll(dir string, files []file) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for _, f := range files {
		if err := f.replace(dir); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// replace writes the content beside the file and renames it, so that a reader sees the old content or the new.
func (f file) replace(dir string) error {
	path := filepath.Join(dir, f.name)
	aside := path + ".tmp"
	err := os.WriteFile(aside, f.content, 0o644)
	if err == nil {
		err = os.Rename(aside, path)
	}
	if err != nil {
		_ = os.Remove(aside) // there may be none
	}
	return err
}

func asJSON(r ablation.Results) ([]byte, error) {
	content, err := json.MarshalIndent(r, "", "  ")
	return append(content, '\n'), err
}
