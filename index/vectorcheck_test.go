package index

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVectorsOfNoLength: a check finds vectors that no embedder gave, even where all checksums fit, and no search over
// them panics.
func TestVectorsOfNoLength(t *testing.T) {
	nan := float32(math.NaN())
	for name, value := range map[string]float32{"NaN": nan, "infinite": float32(math.Inf(1)), "too long": 3, "too short": 1e-3} {
		dir := t.TempDir()
		build(t, dir, sampleInput(t), sampleOptions())
		path := filepath.Join(dir, "gen-000001")
		file := filepath.Join(path, "sentences.vectors")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		const header, row = 64, 1
		for i := range sampleOptions().Embedder.Dimensions() {
			binary.LittleEndian.PutUint32(data[header+4*(row*sampleOptions().Embedder.Dimensions()+i):], math.Float32bits(value))
		}
		m := open(t, dir).manifest
		replaceFile(t, file, data)
		digest := resign(t, m, path)
		x, err := openGeneration(path, digest, OpenOptions{Verify: true})
		if err != nil {
			t.Fatalf("%s: the checksums do not fit: %v", name, err)
		}
		if err := x.check(t.Context()); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "sentences.vectors") {
			t.Errorf("%s: %v", name, err)
		}
		for _, k := range []int{1, 100} {
			x.Sentences().Nearest(x.Sentences().Vector(0), k, nil)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}

// resign writes the checksums of a generation anew.
func resign(t *testing.T, m Manifest, path string) (digest string) {
	t.Helper()
	if err := os.Remove(filepath.Join(path, sumsName)); err != nil {
		t.Fatal(err)
	}
	var err error
	if m.Files, err = describeFiles(t.Context(), path, 1); err != nil {
		t.Fatal(err)
	}
	if digest, err = writeManifest(path, m); err != nil {
		t.Fatal(err)
	}
	return digest
}
