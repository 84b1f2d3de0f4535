package corpora

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// asideName is what a Writer calls a file or folder that is not complete: hidden, with the number of its process and a
// count.
var asideName = regexp.MustCompile(`^(\d+)\.\d+\.tmp$`)

// RemoveLeftovers removes what Writers of path in other processes, which were killed, have left beside it. The caller makes
// sure that no other process is writing path.
func RemoveLeftovers(path string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	path = filepath.Clean(path)
	entries, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), "."+filepath.Base(path)+".")
		if parts := asideName.FindStringSubmatch(rest); !ok || parts == nil || parts[1] == strconv.Itoa(os.Getpid()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(filepath.Dir(path), e.Name())); err != nil {
			return err
		}
	}
	return nil
}
