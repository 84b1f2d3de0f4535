package corpora

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Create makes a Writer for path in a format. A file is written beside its place and put there, synced, when
// Close succeeds, so that a reader never sees half of it; a failed write leaves what was there. A path that
// ends in ".gz" is compressed; "-" is standard output; a pipe or device is written directly. A format with a
// folder of files makes path that folder: a new one appears whole when Close succeeds, one that is there is written
// into. The Writer has a method Abort() error, which drops the new file or folder.
func Create(path string, format Format, o WriteOptions) (Writer, error) {
	if format.NewWriter == nil {
		if format.NewDirWriter == nil {
			return nil, fmt.Errorf("write %s: the format %s can be read only", path, format.Name)
		}
		return createFolder(path, format, o)
	}
	w := &fileWriter{path: path}
	if err := w.open(); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, plain(err))
	}
	w.buffer = bufio.NewWriterSize(failKeeper{w}, 64<<10)
	target := io.Writer(w.buffer)
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		w.zip = gzip.NewWriter(w.buffer)
		target = w.zip
	}
	w.Writer = format.NewWriter(target, o)
	return w, nil
}

// fileWriter publishes what its Writer wrote.
type fileWriter struct {
	Writer
	path   string // where it goes; "-" for standard output
	temp   string // where it is written; "" when directly
	file   *os.File
	buffer *bufio.Writer
	zip    *gzip.Writer
	failed error // the first error of the file
	done   bool
}

// failKeeper remembers that the file failed, as a Writer may swallow it.
type failKeeper struct{ w *fileWriter }

func (k failKeeper) Write(p []byte) (int, error) {
	n, err := k.w.file.Write(p)
	if err != nil && k.w.failed == nil {
		k.w.failed = err
	}
	return n, err
}

func (w *fileWriter) open() (err error) {
	if w.path == "-" {
		w.file = os.Stdout
		return nil
	}
	info, err := os.Stat(w.path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a folder")
	case err == nil && !info.Mode().IsRegular():
		w.file, err = os.OpenFile(w.path, os.O_WRONLY, 0)
		return err
	}
	if real, err := filepath.EvalSymlinks(w.path); err == nil {
		w.path = real
	}
	for try := 0; ; try++ {
		w.temp = filepath.Join(filepath.Dir(w.path), fmt.Sprintf(".%s.%d.%d.tmp", filepath.Base(w.path), os.Getpid(), try))
		w.file, err = os.OpenFile(w.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, os.ErrExist) || try > 100 {
			return err
		}
	}
}

// Write writes one document; on standard output and pipes it is there at once.
func (w *fileWriter) Write(doc Document) error {
	if err := w.Writer.Write(doc); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	if w.temp != "" || w.zip != nil {
		return nil
	}
	if err := w.buffer.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", w.path, plain(err))
	}
	return nil
}

// Close ends the format, flushes and publishes the file. Closing again does nothing.
func (w *fileWriter) Close() error {
	if w.done {
		return nil
	}
	err := w.Writer.Close()
	if w.zip != nil {
		err = errors.Join(err, w.zip.Close())
	}
	err = errors.Join(err, w.buffer.Flush())
	if w.failed != nil {
		err = w.failed
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", w.path, plain(err)), w.Abort())
	}
	w.done = true
	if err := w.publish(); err != nil {
		return fmt.Errorf("write %s: %w", w.path, plain(err))
	}
	return nil
}

func (w *fileWriter) publish() error {
	if w.path == "-" {
		return nil
	}
	if w.temp == "" {
		return w.file.Close()
	}
	err := errors.Join(w.file.Sync(), w.file.Close())
	if err == nil {
		err = os.Rename(w.temp, w.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.temp))
	}
	return syncFolder(filepath.Dir(w.path))
}

// Abort drops what was written. After Close it does nothing.
func (w *fileWriter) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	if w.temp == "" {
		return nil
	}
	return errors.Join(w.file.Close(), os.Remove(w.temp))
}
