package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// writeJSON prints v, indented, with a final newline.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// formatList are the formats, those that can be written or all.
func formatList(writable bool) string {
	var names []string
	for _, f := range corpora.Formats() {
		if !writable || canWrite(f) {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

func canWrite(f corpora.Format) bool { return f.NewWriter != nil || f.NewDirWriter != nil }

// outputFormat is the named format, or that of the file's extension, or brat for a folder, or jsonl for standard
// output and devices.
func outputFormat(path, name string) (corpora.Format, error) {
	if name == "" && !keepsData(path) {
		name = "jsonl"
	}
	if info, err := os.Stat(path); name == "" && (strings.HasSuffix(path, "/") || err == nil && info.IsDir()) {
		name = "brat"
	}
	if name == "" {
		return formatOfName(path)
	}
	f, ok := corpora.FormatByName(name)
	switch {
	case !ok || !canWrite(f):
		return f, usagef("cannot write the format %q (known: %s)", name, formatList(true))
	case f.NewWriter == nil && path == "-":
		return f, usagef("the format %s writes a folder, not standard output: name one with -o", name)
	}
	return f, nil
}

// formatOfName is the format whose extension path has. Of the formats that share .jsonl it is ours.
func formatOfName(path string) (corpora.Format, error) {
	ext := strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz")))
	var named []string
	for _, f := range corpora.Formats() {
		if ext == "" || !canWrite(f) || !slices.Contains(f.Extensions, ext) {
			continue
		}
		if f.Name == strings.TrimPrefix(ext, ".") {
			return f, nil
		}
		named = append(named, f.Name)
	}
	switch len(named) {
	case 0:
		return corpora.Format{}, usagef("the name of %s does not tell its format: name it (known: %s)", path, formatList(true))
	case 1:
		f, _ := corpora.FormatByName(named[0])
		return f, nil
	}
	return corpora.Format{}, usagef("the name of %s could mean %s: name the format", path, strings.Join(named, ", "))
}

// keepsData reports whether path is, or will be, a file or folder, not standard output, a pipe or a device.
func keepsData(path string) bool {
	if path == "-" {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular() || info.IsDir()
}

// create opens a writer for a path, or for the command's own standard output.
func create(s streams, path string, f corpora.Format, o corpora.WriteOptions) (corpora.Writer, error) {
	if path != "-" || s.out == io.Writer(os.Stdout) {
		return corpora.Create(path, f, o)
	}
	return f.NewWriter(s.out, o), nil
}

// refuseSame keeps a command from writing over what it reads.
func refuseSame(out string, sources []source) error {
	to, err := os.Stat(out)
	if out == "-" || err != nil || !to.Mode().IsRegular() && !to.IsDir() {
		return nil
	}
	for _, src := range sources {
		for _, path := range src.paths() {
			if from, err := os.Stat(path); err == nil && os.SameFile(from, to) {
				return usagef("%s is read and cannot be written at once: name another output", out)
			}
		}
	}
	return nil
}

// abort drops what was written so far, where the writer can.
func abort(w corpora.Writer) {
	if a, ok := w.(interface{ Abort() error }); ok {
		_ = a.Abort()
	}
}

func reportLoss(w io.Writer, format string, lost corpora.Loss) {
	if len(lost) > 0 {
		fmt.Fprintf(w, "ragner: %s cannot hold: %s\n", format, lost)
	}
}
