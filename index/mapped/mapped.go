// Package mapped gives a file's bytes without copying them: memory-mapped where the system can, read whole
// elsewhere. It is for immutable files only; a file that shrinks while mapped ends the program.
package mapped

import (
	"fmt"
	"os"
)

// File is the content of one file. Bytes are valid until Close and must not be written to.
type File struct {
	Bytes []byte
	unmap func() error
	guard *guard // nil: nothing is compared
}

// Open maps the file at path.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // a mapping outlives its descriptor
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("map %s: not a regular file", path)
	}
	if info.Size() == 0 {
		return &File{}, nil // an empty mapping is an error on most systems
	}
	return open(f, info.Size())
}

// Close releases the bytes. It may be called twice.
func (f *File) Close() error {
	unmap := f.unmap
	f.unmap, f.Bytes, f.guard = nil, nil, nil
	if unmap == nil {
		return nil
	}
	return unmap()
}
