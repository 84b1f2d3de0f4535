package mapped

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func guarded(t *testing.T, content, sums []byte) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := f.Guard(sums); err != nil {
		t.Fatal(err)
	}
	return f
}

func random(n int) []byte {
	r, b := rand.New(rand.NewPCG(1, uint64(n))), make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestGuardFindsTheDamagedBlockAlone(t *testing.T) {
	for _, size := range []int{1, BlockSize - 1, BlockSize, BlockSize + 1, 70*BlockSize + 5} {
		content := random(size)
		sums := Sums(content)
		sound := guarded(t, content, sums)
		if err := sound.Check(0, size); err != nil {
			t.Fatalf("%d sound bytes: %v", size, err)
		}
		at := size / 2
		content[at] ^= 1
		damaged := guarded(t, content, sums)
		for range 2 { // a damaged block is found each time
			if err := damaged.Check(at, at+1); !errors.Is(err, ErrChecksum) {
				t.Fatalf("byte %d of %d flipped: %v", at, size, err)
			}
		}
		first := at / BlockSize * BlockSize
		if err := errors.Join(damaged.Check(0, first), damaged.Check(min(first+BlockSize, size), size)); err != nil {
			t.Errorf("the other blocks of %d bytes: %v", size, err)
		}
	}
}

func TestGuardByManyAtOnce(t *testing.T) {
	content := random(100 * BlockSize)
	f := guarded(t, content, Sums(content))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for block := range 100 {
				if err := f.Check((block+i)%100*BlockSize, (block+i)%100*BlockSize+1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestGuardWantsASumForEachBlock(t *testing.T) {
	content := random(2 * BlockSize)
	f := guarded(t, content, Sums(content))
	if err := f.Guard(Sums(content[:BlockSize])); !errors.Is(err, ErrChecksum) {
		t.Error(err)
	}
	if err := f.Check(5, 5); err != nil {
		t.Error(err)
	}
}
