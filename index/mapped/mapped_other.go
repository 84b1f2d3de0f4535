//go:build !unix

package mapped

import (
	"io"
	"io/fs"
	"os"
)

// open reads f whole: what becomes of the file then does not matter.
func open(f *os.File, info fs.FileInfo) (*File, error) {
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	return &File{Bytes: data}, nil
}
