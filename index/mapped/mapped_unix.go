//go:build unix

package mapped

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// open maps f and keeps it open: its descriptor tells whether it is changed.
func open(f *os.File, info fs.FileInfo) (*File, error) {
	size := info.Size()
	if size > math.MaxInt {
		return nil, fmt.Errorf("map %s: too large for this system", f.Name())
	}
	descriptor := int(f.Fd())
	data, err := unix.Mmap(descriptor, 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, &os.PathError{Op: "map", Path: f.Name(), Err: err}
	}
	return &File{
		Bytes: data,
		unmap: func() error { return errors.Join(unix.Munmap(data), f.Close()) },
		state: func() (state, error) { return stateOf(descriptor) },
		first: state{size, info.ModTime().UnixNano()},
	}, nil
}

func stateOf(descriptor int) (state, error) {
	var s unix.Stat_t
	err := unix.Fstat(descriptor, &s)
	return state{s.Size, s.Mtim.Nano()}, err
}
