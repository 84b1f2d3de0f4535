//go:build unix

package mapped

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"
)

// TestCutWhileMapped reads what a file has lost: an error of the reader, where it would be the end of the program.
func TestCutWhileMapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, bytes.Repeat([]byte{1}, 1<<16), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if sum, err := sumOf(f); sum != 1<<16 || err != nil || f.Changed() != nil {
		t.Fatalf("%d, %v, %v", sum, err, f.Changed())
	}
	time.Sleep(20 * time.Millisecond) // the clock of file times is coarse
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := sumOf(f); !errors.Is(err, ErrFault) || !errors.Is(f.Changed(), ErrChanged) {
		t.Errorf("%v, %v", err, f.Changed())
	}
}

func sumOf(f *File) (sum int, err error) {
	defer Catch(&err)()
	for _, b := range f.Bytes {
		sum += int(b)
	}
	return sum, nil
}

func TestCatchLeavesOtherPanics(t *testing.T) {
	defer func() {
		if p := recover(); p != "a mistake" {
			t.Errorf("the panic is now %v", p)
		}
	}()
	func() (err error) {
		defer Catch(&err)()
		panic("a mistake")
	}()
}

func TestHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, make([]byte, 1<<14), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer other.Close()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); !IsFault(p) || !f.Holds(p) || other.Holds(p) {
			t.Errorf("the fault %v is of the file %v, of the other %v", p, f.Holds(p), other.Holds(p))
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	sum := 0
	for _, b := range f.Bytes {
		sum += int(b)
	}
	t.Errorf("%d was read", sum)
}
