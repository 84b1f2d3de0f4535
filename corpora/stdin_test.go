package corpora

import (
	"os"
	"strings"
	"testing"
)

// feed makes content the standard input of this test.
func feed(t *testing.T, content string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = w.WriteString(content)
		_ = w.Close()
	}()
	before := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = before; _ = r.Close() })
}

func TestReadStandardInput(t *testing.T) {
	for content, want := range map[string]string{
		"LINES\n":         "stdin-1",
		"any other text":  "stdin",
		zipped("zip ped"): "stdin",
		"":                "read standard input: it is empty",
		"a\x00":           "read standard input: line 1: byte 1: a NUL byte",
	} {
		feed(t, content)
		docs, _, err := ReadAll(Spec{Path: "-"})
		got := ""
		if err != nil {
			got = err.Error()
		} else if len(docs) == 1 {
			got = docs[0].ID
		}
		if !strings.HasPrefix(got, want) || err == nil && got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}
