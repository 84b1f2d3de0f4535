// Package boltfile opens files of bbolt for caches: a file that cannot be used is an error, never a panic or a wait.
package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"github.com/gofrs/flock"
	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// ErrInUse says that another program has the file open.
var ErrInUse = errors.New("another program has it open")

// Open opens or makes the file, readable by its owner alone, with these buckets. bbolt panics on some damaged files,
// and waits for ever for a lock unless told not to.
func Open(path string, buckets ...[]byte) (db *bbolt.DB, err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	if err := discardUnfinished(path); err != nil {
		return nil, err
	}
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond})
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, ErrInUse
	case err != nil:
		return nil, fmt.Errorf("%w; if the file is damaged it can be deleted", err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, bucket := range buckets {
			if _, err := tx.CreateBucketIfNotExists(bucket); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// bbolt makes a file by one write of four pages, the first of which has its magic number here.
const (
	firstPages  = 4
	magicNumber = 0xED0CDAED
	magicAt     = 16
)

// discardUnfinished empties a file that a program was making when it was killed. It holds nothing yet, and bbolt does not
// open it.
func discardUnfinished(path string) error {
	if unfinished, err := isUnfinished(path); !unfinished {
		return err
	}
	lock := flock.New(path) // which bbolt takes, too
	if got, err := lock.TryLock(); err != nil || !got {
		return errors.Join(err, ErrInUse)
	}
	defer func() { _ = lock.Unlock() }()
	if unfinished, err := isUnfinished(path); !unfinished {
		return err
	}
	return os.Truncate(path, 0)
}

func isUnfinished(path string) (bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() >= int64(firstPages*os.Getpagesize()) {
		return false, err
	}
	var magic [4]byte
	if _, err := file.ReadAt(magic[:], magicAt); err != nil {
		return false, nil //nolint:nilerr // too short to be known; bbolt says what it is
	}
	return binary.NativeEndian.Uint32(magic[:]) == magicNumber, nil
}

// View is db.View, without a panic on a damaged file.
func View(db *bbolt.DB, read func(*bbolt.Tx) error) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	return db.View(read)
}

// Update is db.Update, without a panic on a damaged file.
func Update(db *bbolt.DB, write func(*bbolt.Tx) error) (err error) {
	defer guard(&err, debug.SetPanicOnFault(true))
	return db.Update(write)
}

// guard turns a panic into an error. An offset in a damaged file can lead outside the mapped memory, which is a fault and
// would end the program: SetPanicOnFault makes it a panic of this goroutine.
func guard(err *error, onFault bool) {
	debug.SetPanicOnFault(onFault)
	if p := recover(); p != nil {
		*err = fmt.Errorf("the file is damaged and can be deleted: %v", p)
	}
}
