//go:build unix

package mapped

import (
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

func open(f *os.File, size int64) (*File, error) {
	if size > math.MaxInt {
		return nil, fmt.Errorf("map %s: too large for this system", f.Name())
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, &os.PathError{Op: "map", Path: f.Name(), Err: err}
	}
	return &File{Bytes: data, unmap: func() error { return unix.Munmap(data) }}, nil
}
