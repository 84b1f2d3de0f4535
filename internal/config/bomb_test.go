package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostileConfigurations are refused with the file's name, and with the line where there is one.
func TestHostileConfigurations(t *testing.T) {
	laughs := "a: &l0 [lol]\n"
	for i := range 20 {
		laughs += fmt.Sprintf("b%d: &l%d [%s]\n", i, i+1, strings.Repeat(fmt.Sprintf("*l%d,", i), 10))
	}
	for name, content := range map[string]string{
		"20,000 nested lists":    "retrieval: " + strings.Repeat("[", 20_000),
		"20,000 nested mappings": strings.Repeat("{a: ", 20_000),
		"20,000 aliases":         "prompt:\n  labels: &x\n    " + strings.Repeat("? *x\n    : *x\n    ", 20_000),
		"a billion laughs":       laughs,
		"labels that laugh":      "prompt:\n  labels:\n    x: &l0 lol\n    y: [" + strings.Repeat("*l0,", 20_000) + "]\n",
		"an alias of itself":     "prompt: &p\n  labels: *p\n",
		"many labels":            "prompt:\n  labels:\n" + numbered(60_000),
		"2 MB":                   strings.Repeat("# comment\n", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ragner.yaml")
			write(t, path, content)
			if _, _, err := Load(nil, LoadOptions{File: path}); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("%v", err)
			}
		})
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    l%d: x\n", i)
	}
	return b.String()
}
