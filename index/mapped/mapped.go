// Package mapped gives a file's bytes without copying them: memory-mapped where the system can, read whole
// elsewhere. It is for immutable files. One that is changed while mapped all the same is found by Changed; to read what it
// has lost is a fault, which ends the program where Catch does not make an error of it.
package mapped

import (
	"errors"
	"fmt"
	"os"
)

// ErrChanged says that a file was written to, or cut, after it had been mapped.
var ErrChanged = errors.New("it was changed while it was open")

// File is the content of one file. Bytes are valid until Close and must not be written to.
type File struct {
	Bytes []byte
	unmap func() error
	guard *guard // nil: nothing is compared
	state func() (state, error)
	first state // when it was mapped
}

// state tells whether a file is still what it was: writing to it changes one or both.
type state struct{ size, modified int64 }

// Open maps the file at path.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	file, err := mapWhole(f, path)
	if err != nil || file.unmap == nil {
		return file, errors.Join(err, f.Close())
	}
	return file, nil
}

func mapWhole(f *os.File, path string) (*File, error) {
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
	return open(f, info)
}

// Changed is ErrChanged when the file is no longer what it was when it was mapped: what has been read since may be wrong.
func (f *File) Changed() error {
	if f.state == nil {
		return nil
	}
	now, err := f.state()
	if err == nil && now != f.first {
		err = ErrChanged
	}
	return err
}

// Close releases the bytes. It may be called twice.
func (f *File) Close() error {
	unmap := f.unmap
	f.unmap, f.Bytes, f.guard, f.state = nil, nil, nil, nil
	if unmap == nil {
		return nil
	}
	return unmap()
}
