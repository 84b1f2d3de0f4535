package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ragner.yaml")
	before := "# mine\nindex: idx # the big one\nretrieval:\n  # few are enough\n  k: 3\n  mode: hybrid\nmodel:\n"
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	changes := []Change{{"retrieval.k", 8}, {"model.trust", 0.35}, {"prompt.turns", false}, {"model.timeout", 90 * time.Second}}
	if err := Update(path, "never written", changes); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "# mine\nindex: idx # the big one\nretrieval:\n  # few are enough\n  k: 8\n  mode: hybrid\nmodel:\n  trust: 0.35\n  timeout: 1m30s\nprompt:\n  turns: false\n"
	if string(data) != want {
		t.Errorf("got\n%s\nwant\n%s", data, want)
	}
	c, _, err := Load(nil, LoadOptions{File: path})
	if err != nil {
		t.Fatal(err)
	}
	if c.Retrieval.K != 8 || c.Model.Trust != 0.35 || c.Prompt.Turns || c.Index != "idx" || c.Model.Timeout != 90*time.Second {
		t.Errorf("read back: %+v", c)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestUpdateNewFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ragner.yaml")
	if err := Update(path, "chosen by ragner tune", []Change{{"retrieval.fusion", "rrf"}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(data), "# chosen by ragner tune\n") {
		t.Errorf("%s, %v", data, err)
	}
	if c, _, err := Load(nil, LoadOptions{File: path}); err != nil || c.Retrieval.Fusion != "rrf" {
		t.Errorf("%v, %v", c.Retrieval, err)
	}
}

// TestUpdateDamaged shows that a file that cannot be read stays as it is.
func TestUpdateDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ragner.yaml")
	text := "retrieval:\n  kk: 3\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Update(path, "", []Change{{"retrieval.k", 8}})
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != text {
		t.Errorf("the file became %s", data)
	}
}
