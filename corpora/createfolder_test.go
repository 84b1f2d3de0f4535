package corpora

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// folderOfTexts is a format that writes a file a document and can fail.
func folderOfTexts(fail error) Format {
	return Format{Name: "texts", NewDirWriter: func(dir string, _ WriteOptions) (Writer, error) {
		return &textsWriter{dir, fail}, nil
	}}
}

type textsWriter struct {
	dir  string
	fail error
}

func (w *textsWriter) Write(doc Document) error {
	return errors.Join(os.WriteFile(filepath.Join(w.dir, doc.ID), []byte(doc.Text), 0o644), w.fail)
}
func (w *textsWriter) Close() error { return w.fail }
func (w *textsWriter) Lost() Loss   { return nil }

func TestCreateFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	w, err := Create(dir, folderOfTexts(nil), WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Document{ID: "a", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is there before it is complete")
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(text) != "x" {
		t.Errorf("%q, error %v", text, err)
	}
	if left := names(t, filepath.Dir(dir)); len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
}

func TestCreateFolderFails(t *testing.T) {
	parent := t.TempDir()
	w, err := Create(filepath.Join(parent, "out"), folderOfTexts(errors.New("full")), WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if w.Write(Document{ID: "a"}) == nil || w.Close() == nil {
		t.Error("the failure is lost")
	}
	if left := names(t, parent); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"-", file, filepath.Join(file, "below")} {
		if _, err := Create(path, folderOfTexts(nil), WriteOptions{}); err == nil {
			t.Errorf("%s is no place for a folder", path)
		}
	}
}

// TestCreateFolderThere: what stands in a folder stays, and Abort takes nothing away.
func TestCreateFolderThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Create(dir, folderOfTexts(nil), WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Document{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := w.(interface{ Abort() error }).Abort(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
