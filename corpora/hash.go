package corpora

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// SHA256 is the digest of the bytes of all files as they are stored, each preceded by its name; "" for standard
// input and when a file cannot be read any more.
func (o *Opened) SHA256() string {
	paths := make([]string, len(o.Files))
	for i, f := range o.Files {
		paths[i] = f.Path
	}
	return HashFiles(paths)
}

// HashFiles is that digest of files.
func HashFiles(paths []string) string {
	sum := sha256.New()
	for _, path := range paths {
		if path == "-" || hashFile(sum, path) != nil {
			return ""
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func hashFile(sum hash.Hash, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum.Write([]byte(filepath.Base(path) + "\n"))
	_, err = io.Copy(sum, file)
	return err
}
