//go:build linux && amd64

package trace

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// open is the path of an open file, "" where it has none.
func (t *tracer) open(thread int, descriptor uint64) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, int32(descriptor)))
	if err != nil {
		return ""
	}
	return path
}

// at is the path that a call names relative to an open folder.
func (t *tracer) at(thread int, folder, address uint64) string {
	name := t.text(thread, uintptr(address))
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	base := fmt.Sprintf("/proc/%d/cwd", thread)
	if int32(folder) != unix.AT_FDCWD {
		base = fmt.Sprintf("/proc/%d/fd/%d", thread, int32(folder))
	}
	dir, err := os.Readlink(base)
	if err != nil {
		return ""
	}
	return filepath.Join(dir, name)
}

// text reads a string of the program, up to its NUL.
func (t *tracer) text(thread int, address uintptr) string {
	var text []byte
	for word := make([]byte, 8); len(text) < unix.PathMax; address += 8 {
		n, err := unix.PtracePeekData(thread, address, word)
		if err != nil {
			return ""
		}
		if end := bytes.IndexByte(word[:n], 0); end >= 0 {
			return string(append(text, word[:end]...))
		}
		text = append(text, word[:n]...)
	}
	return string(text)
}
