package index

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/records"
)

// quickLimit is the size in bytes up to which a file's quick checksum is compared whenever it is opened (about
// 0.1 s for a file this large). Of larger files only the size is, unless OpenOptions.Verify is set; our own
// formats then still cannot lead a reader out of the file. The files of others are always compared: a flipped
// byte can make bleve's segment library ask for more memory than there is, which ends the program.
const quickLimit = 1 << 30

// mayBeUnverified reports whether a file is of a format whose readers stand any content.
func mayBeUnverified(name string) bool {
	return strings.HasSuffix(name, ".records") || strings.HasSuffix(name, ".documents") ||
		strings.HasSuffix(name, ".vectors") || strings.HasSuffix(name, ".postings")
}

var errChecksum = errors.New("its checksum differs")

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
	x = &Index{path: path, digest: digest, lock: readLock(path)}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.Close())
			x = nil
		}
	}()
	if x.manifest, err = readManifest(path, digest); err != nil {
		return x, err
	}
	if err := x.manifest.matches(o); err != nil {
		return x, fmt.Errorf("%w: %s %w", ErrMismatch, path, err)
	}
	for _, f := range x.manifest.Files {
		if err := verifyFile(path, f, o.Verify); err != nil {
			return x, err
		}
	}
	for _, l := range x.manifest.Labels {
		x.labels = append(x.labels, l.Label)
	}
	if err := x.openFiles(); err != nil {
		return x, err
	}
	if x.lexicon, err = lexicon.Open(path); err != nil {
		return x, corrupt(path, "lexicon", err)
	}
	return x, nil
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
	}
	return nil
}

// verifyFile compares a file with what the manifest says of it.
func verifyFile(path string, f File, full bool) error {
	if !filepath.IsLocal(f.Name) {
		return corrupt(path, manifestName, errors.New("it names a file elsewhere"))
	}
	info, err := os.Stat(filepath.Join(path, f.Name))
	if err != nil {
		return err
	}
	if info.Size() != f.Size {
		return corrupt(path, f.Name, fmt.Errorf("it has %d bytes instead of %d", info.Size(), f.Size))
	}
	if !full && f.Size > quickLimit && mayBeUnverified(f.Name) {
		return nil
	}
	content, err := mapped.Open(filepath.Join(path, f.Name))
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	same := formatQuick(xxhash.Sum64(content.Bytes)) == f.XXH64
	if same && full {
		sum := sha256.Sum256(content.Bytes)
		same = hex.EncodeToString(sum[:]) == f.SHA256
	}
	if !same {
		return corrupt(path, f.Name, errChecksum)
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
	for file, reader := range map[string]**records.Reader{
		sentencesName + ".documents": &x.documents[0].rows,
		passagesName + ".documents":  &x.documents[1].rows,
		"terms.records":              &x.terms,
	} {
		if *reader, err = records.Open(filepath.Join(x.path, file)); err != nil {
			return corrupt(x.path, file, err)
		}
	}
	return nil
}
