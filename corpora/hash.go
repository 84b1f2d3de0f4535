package corpora

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
)

// SHA256 is the digest of the bytes of all files as they are stored, each preceded by its name; "" for standard
// input and when a file cannot be read any more.
func (o *Opened) SHA256() string {
	sum := sha256.New()
	for _, f := range o.Files {
		if f.Path == "-" {
			return ""
		}
		file, err := os.Open(f.Path)
		if err != nil {
			return ""
		}
		sum.Write([]byte(filepath.Base(f.Path) + "\n"))
		_, err = io.Copy(sum, file)
		file.Close()
		if err != nil {
			return ""
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
