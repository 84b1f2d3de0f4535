package mapped

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, content := range []string{"", "some bytes"} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil || string(f.Bytes) != content {
			t.Fatalf("%q: %v", content, err)
		}
		if err := errors.Join(f.Close(), f.Close()); err != nil || f.Bytes != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := Open(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(filepath.Dir(path)); err == nil {
		t.Error("a folder was mapped")
	}
}
