package corpora

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folderWriter publishes the folder that its Writer wrote.
type folderWriter struct {
	Writer
	path string // where it goes
	temp string // where it is written; "" when path was there before
	done bool
}

func createFolder(path string, format Format, o WriteOptions) (Writer, error) {
	if path == "-" {
		return nil, fmt.Errorf("the format %s writes a folder, not standard output", format.Name)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("write %s: it is a file, and the format %s writes a folder", path, format.Name)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("write %s: %w", path, plain(err))
	}
	w := &folderWriter{path: filepath.Clean(path)}
	target := w.path
	if err != nil {
		if w.temp, err = newFolderBeside(w.path); err != nil {
			return nil, fmt.Errorf("write %s: %w", path, plain(err))
		}
		target = w.temp
	}
	if w.Writer, err = format.NewDirWriter(target, o); err != nil {
		return nil, errors.Join(w.name(err), w.Abort())
	}
	return w, nil
}

// newFolderBeside makes an empty hidden folder in the folder that path will stand in.
func newFolderBeside(path string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return "", err
	}
	for try := 0; ; try++ {
		temp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.%d.tmp", filepath.Base(path), os.Getpid(), try))
		err := os.Mkdir(temp, 0o777)
		if err == nil || !errors.Is(err, fs.ErrExist) || try > 100 {
			return temp, err
		}
	}
}

// Write writes one document.
func (w *folderWriter) Write(doc Document) error { return w.name(w.Writer.Write(doc)) }

// name gives an error the path that the user knows.
func (w *folderWriter) name(err error) error {
	if err == nil || w.temp == "" {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), w.temp, w.path))
}

// Close publishes the folder. Closing again does nothing.
func (w *folderWriter) Close() error {
	if w.done {
		return nil
	}
	if err := w.Writer.Close(); err != nil {
		return errors.Join(w.name(err), w.Abort())
	}
	if w.temp != "" {
		err := syncTree(w.temp) // else the power may fail and leave empty files
		if err == nil {
			err = os.Rename(w.temp, w.path)
		}
		if err == nil {
			err = syncFolder(filepath.Dir(w.path))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("write %s: %w", w.path, err), w.Abort())
		}
	}
	w.done = true
	return nil
}

// Abort drops a new folder; what was written into an old one stays. After Close it does nothing.
func (w *folderWriter) Abort() error {
	if w.done || w.temp == "" {
		return nil
	}
	w.done = true
	return os.RemoveAll(w.temp)
}
