package boltfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"go.etcd.io/bbolt"
)

var bucket = []byte("b")

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	db, err := Open(path, bucket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, bucket); !errors.Is(err, ErrInUse) {
		t.Errorf("in use: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	write := func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put([]byte("k"), []byte("v")) }
	if err := errors.Join(Update(db, write), db.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path, bucket)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	err = View(again, func(tx *bbolt.Tx) error {
		if string(tx.Bucket(bucket).Get([]byte("k"))) != "v" {
			return errors.New("the value is lost")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDamage cuts and overwrites a file in many places: opening, reading and writing give errors or succeed, and never
// panic.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	db, err := Open(path, bucket)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		key := strings.Repeat(string(rune('a'+i%26)), 50+i)
		err := Update(db, func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put([]byte(key), make([]byte, 900)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for at := 0; at < len(sound); at += 509 {
		damaged := append([]byte(nil), sound...)
		copy(damaged[at:], "\xff\xff\xff\x7f\xff\xff")
		failed += use(t, damaged)
	}
	for _, size := range []int{1, 100, 4096, 8192, 20_000} {
		failed += use(t, sound[:size])
	}
	if failed == 0 {
		t.Error("no damage was met")
	}
}

// use does with a file what caches do, and reports 1 when that failed.
func use(t *testing.T, content []byte) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, bucket)
	if err != nil {
		return 1
	}
	defer func() { _ = db.Close() }()
	read := View(db, func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, _ []byte) error { return nil })
	})
	write := Update(db, func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put([]byte("k"), []byte("v")) })
	if errors.Join(read, write) != nil {
		return 1
	}
	return 0
}

// TestUnfinished: what a program that was killed when it made the file has left is made anew; a short file of another kind
// is not touched, nor one that is held by another program.
func TestUnfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	db, err := Open(path)
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for _, size := range []int{0, 100, page / 2, page, 2 * page, 3*page + 7} {
		if err := os.WriteFile(path, made[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(path, bucket)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if _, err := Open(path, bucket); !errors.Is(err, ErrInUse) {
			t.Errorf("%d bytes, in use: %v", size, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	other := []byte(strings.Repeat("notes of somebody else\n", 90))
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, bucket); err == nil {
		t.Error("notes were opened")
	}
	if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, other) {
		t.Errorf("notes were changed: %d bytes of %d, error %v", len(left), len(other), err)
	}
	if err := os.WriteFile(path, made[:page], 0o600); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(path)
	if got, err := lock.TryLock(); !got || err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	if _, err := Open(path, bucket); !errors.Is(err, ErrInUse) {
		t.Errorf("half made by another program: %v", err)
	}
}
