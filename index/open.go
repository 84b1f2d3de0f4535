package index

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/index/records"
)

// Open opens the generation in use. Its error wraps fs.ErrNotExist when there is no index in dir, ErrCorrupt
// when a file is missing or damaged, ErrMismatch when it was made by another format version or embedder.
func Open(dir string, o OpenOptions) (*Index, error) {
	for attempt := 0; ; attempt++ {
		c, err := readCurrent(dir)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, c.name)
		x, err := openGeneration(path, c.digest, o)
		if !errors.Is(err, fs.ErrNotExist) {
			return x, err
		}
		// Two builds may have finished between the two reads; then CURRENT has changed.
		if again, readErr := readCurrent(dir); attempt == 10 || readErr == nil && again == c {
			return nil, missing(path, err)
		}
	}
}

// missing is the damage that err, of a file that does not exist, tells of. It does not wrap fs.ErrNotExist,
// which means that there is no index.
func missing(path string, err error) error {
	name := manifestName
	var cause *fs.PathError
	if errors.As(err, &cause) {
		name = filepath.Base(cause.Path)
	}
	return corrupt(path, name, errors.New("it is missing"))
}

func openGeneration(path, digest string, o OpenOptions) (x *Index, err error) {
	x = &Index{path: path, digest: digest, lock: readLock(path), lazy: o.lazy}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.Close())
			x = nil
		}
	}()
	defer x.Safely(&err)()
	if x.manifest, err = readManifest(path, digest); err != nil {
		return x, err
	}
	if err := x.manifest.matches(o); err != nil {
		return x, fmt.Errorf("%w: %s %w", ErrMismatch, path, err)
	}
	if err := x.readSums(); err != nil {
		return x, err
	}
	if o.Verify {
		if err := x.verifyFiles(); err != nil {
			return x, err
		}
	}
	for _, l := range x.manifest.Labels {
		x.labels = append(x.labels, l.Label)
	}
	if err := x.openFiles(); err != nil {
		return x, err
	}
	return x, errors.Join(x.openForward(), x.openLexicon())
}

// matches says what of the embedder differs.
func (m Manifest) matches(o OpenOptions) error {
	switch {
	case o.Embedder == nil:
		return nil
	case m.Embedder.ID == "":
		return fmt.Errorf("has no vectors, but queries are embedded by %q; rebuild it with this embedder, or search words only", o.Embedder.ID())
	case o.Embedder.ID() != m.Embedder.ID:
		return fmt.Errorf("was made by the embedder %q, not %q; use that one, or rebuild it", m.Embedder.ID, o.Embedder.ID())
	case o.Embedder.Dimensions() > 0 && o.Embedder.Dimensions() != m.Embedder.Dimensions:
		return fmt.Errorf("has vectors of %d dimensions, the embedder gives %d; rebuild it", m.Embedder.Dimensions, o.Embedder.Dimensions())
	case !m.Embedder.fits(o.Embedder):
		return fmt.Errorf("was made by another model that had the name %q; use that one, or rebuild it", m.Embedder.ID)
	}
	return nil
}

// openFiles maps everything but the lexicon.
func (x *Index) openFiles() (err error) {
	if x.sentences, err = openCollection(x, sentencesName, decodeText); err != nil {
		return err
	}
	if x.passages, err = openCollection(x, passagesName, decodeText); err != nil {
		return err
	}
	if x.names, err = openCollection(x, namesName, nameText); err != nil {
		return err
	}
	for kind, name := range []string{sentencesName, passagesName} {
		t := &x.documents[kind]
		if t.rows, err = x.openRecords(name + ".documents"); err != nil {
			return err
		}
		if t.ids.file, err = x.openFile(name + ".ids"); err != nil {
			return err
		}
	}
	x.terms, err = x.openRecords("terms.records")
	return err
}

func (x *Index) openRecords(name string) (*records.Reader, error) {
	file, err := x.openFile(name)
	if err != nil {
		return nil, err
	}
	rows, err := records.New(file)
	if err != nil {
		return nil, errors.Join(corrupt(x.path, name, err), file.Close())
	}
	return rows, nil
}

// openLexicon compares the lexicon's file whole: its readers check no block. What the lexicon returns is copied from it.
func (x *Index) openLexicon() (err error) {
	if x.lexiconFile, err = x.openFile(lexicon.FileName); err != nil {
		return err
	}
	if err := x.lexiconFile.Check(0, len(x.lexiconFile.Bytes)); err != nil {
		return corrupt(x.path, lexicon.FileName, err)
	}
	if x.lexicon, err = lexicon.New(x.lexiconFile.Bytes); err != nil {
		return corrupt(x.path, lexicon.FileName, err)
	}
	return nil
}
