package corpora

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// syncFolder has the system write down which names a folder holds, where it can.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncTree has the system write down all files below a folder. On Windows, where a file must be open for writing, it does
// nothing.
func syncTree(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return filepath.WalkDir(path, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncFolder(path) // a file too
	})
}
