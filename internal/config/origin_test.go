package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestValueNamesItsOrigin: of a value that cannot be, the user learns where it was set.
func TestValueNamesItsOrigin(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ragner.yaml")
	if err := os.WriteFile(path, []byte("# mine\nretrieval:\n  k: 500\nembedder:\n  spec: magic\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	AddFlags(flags, "retrieval.")
	if err := flags.Parse([]string{"--weight", "7"}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RAGNER_RETRIEVAL_POOL", "-1")
	_, _, err := Load(flags, LoadOptions{File: path})
	for _, want := range []string{
		path + ":3: retrieval.k: 500 is not allowed", path + ":5: embedder.spec:",
		"--weight: retrieval.weight: 7", "RAGNER_RETRIEVAL_POOL: retrieval.pool: -1",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nlacks %q", err, want)
		}
	}
}
