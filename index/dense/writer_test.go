package dense

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

func TestAppendRefuses(t *testing.T) {
	w, err := Create(filesIn(t.TempDir()), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, vector := range [][]float32{nil, {1}, {1, 2, 3}, {1, float32(math.NaN())}, {float32(math.Inf(-1)), 1}} {
		if err := w.Append(vector); err == nil {
			t.Errorf("%v was taken", vector)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestCreateRefuses(t *testing.T) {
	for _, dimensions := range []int{-1, 0, maxDimensions + 1} {
		if _, err := Create(filesIn(t.TempDir()), dimensions); err == nil {
			t.Errorf("%d dimensions were taken", dimensions)
		}
	}
	files := writeFiles(t, 2, [][]float32{{1, 0}})
	for _, present := range []string{files.Codes, files.Vectors} {
		if _, err := Create(files, 2); !errors.Is(err, fs.ErrExist) {
			t.Errorf("files that exist: %v", err)
		}
		if err := os.Remove(present); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFilesAreTheSameOnEveryMachine compares the bytes with what an amd64 machine wrote.
func TestFilesAreTheSameOnEveryMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	vectors := make([][]float32, 40)
	for i := range vectors {
		vectors[i] = make([]float32, 100)
		for j := range vectors[i] {
			vectors[i][j] = float32(r.IntN(2001)-1000) / 256 // no function whose last bit a machine may choose
		}
	}
	files := writeFiles(t, 100, vectors)
	for path, want := range map[string]string{
		files.Vectors: "d1f3956f1b4ed8922fe0a22b6560bb3c0830fe51a9b4a1342e160425d05df857",
		files.Codes:   "b52d0aa79fb362251677b80c83399747ff972e1ffa1ad0ff087db60d9f61fb66",
	} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s: %x, want %s", path, sum, want)
		}
	}
}
