package index

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ragner/ragner/index/mapped"
)

// sumsName is the file with the checksums of the blocks of all files that are mapped, in the order of their names.
const sumsName = "blocks.sums"

// smallSize is the size in bytes up to which a file is compared whole whenever it is opened, which takes about a tenth
// of a millisecond. Larger ones are compared block by block as they are used, so that opening takes the same time
// however large the index is. OpenOptions.Verify compares everything.
const smallSize = 1 << 20

var errChecksum = errors.New("its checksum differs")

// neverMapped are the files that only a check reads: bleve's segments, in which a flipped byte can ask for more memory
// than there is. They are compared whole before. Opening compares nothing but their size, since no answer comes from
// them.
func neverMapped(name string) bool { return filepath.Ext(name) == ".words" }

// writeSums computes the checksums of the files' blocks and describes the file that holds them.
func writeSums(path string, files []File) (File, error) {
	var sums []byte
	for _, f := range files {
		if neverMapped(f.Name) {
			continue
		}
		content, err := mapped.Open(filepath.Join(path, f.Name))
		if err != nil {
			return File{}, err
		}
		sums = append(sums, mapped.Sums(content.Bytes)...)
		if err := content.Close(); err != nil {
			return File{}, err
		}
	}
	if err := os.WriteFile(filepath.Join(path, sumsName), sums, 0o644); err != nil {
		return File{}, err
	}
	return describeFile(path, sumsName)
}

// readSums compares the sizes of all files with the manifest, and reads the checksums of their blocks.
func (x *Index) readSums() error {
	sums, err := os.ReadFile(filepath.Join(x.path, sumsName))
	if err != nil {
		return err
	}
	x.sums = make(map[string][]byte, len(x.manifest.Files))
	for _, f := range x.manifest.Files {
		if err := checkSize(x.path, f); err != nil {
			return err
		}
		if f.Name == sumsName {
			if sum := sha256.Sum256(sums); hex.EncodeToString(sum[:]) != f.SHA256 {
				return corrupt(x.path, sumsName, errChecksum)
			}
			continue
		}
		if neverMapped(f.Name) {
			continue
		}
		n := mapped.SumsSize(f.Size)
		if n > len(sums) {
			return corrupt(x.path, sumsName, errors.New("it has not enough of them"))
		}
		x.sums[f.Name], sums = sums[:n:n], sums[n:]
	}
	return nil
}

func checkSize(path string, f File) error {
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
	return nil
}

// openFile maps a file of the generation, whose blocks are compared when they are first used.
func (x *Index) openFile(name string) (*mapped.File, error) {
	file, err := mapped.Open(filepath.Join(x.path, name))
	if err != nil {
		return nil, err
	}
	if err := x.guard(name, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// guard has the blocks of a mapped file compared when they are first used, those of a small one at once. While a
// generation is being built there is nothing yet to compare with.
func (x *Index) guard(name string, file *mapped.File) error {
	if x.sums == nil {
		return nil
	}
	sums, ok := x.sums[name]
	if !ok {
		return corrupt(x.path, manifestName, fmt.Errorf("it does not list %s", name))
	}
	err := file.Guard(sums)
	if err == nil && !x.lazy && len(file.Bytes) <= smallSize {
		err = file.Check(0, len(file.Bytes))
	}
	if err != nil {
		return corrupt(x.path, name, err)
	}
	x.opened = append(x.opened, openedFile{name, file})
	return nil
}

// verifyFiles compares all files with the manifest's SHA-256.
func (x *Index) verifyFiles() error {
	for _, f := range x.manifest.Files {
		found, err := describeFile(x.path, f.Name)
		if err != nil {
			return err
		}
		if found.SHA256 != f.SHA256 {
			return corrupt(x.path, f.Name, errChecksum)
		}
	}
	return nil
}
