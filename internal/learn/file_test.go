package learn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
)

// smallModel is a model of two groups with random weights.
func smallModel() *Model {
	rng := rand.New(rand.NewPCG(9, 9))
	hashes := make([]uint64, 40)
	for i := range hashes {
		hashes[i] = rng.Uint64()
	}
	m := &Model{hashes: newTable(hashes)}
	for labels := 1; labels <= 2; labels++ {
		c := randomChains(rng, layout{labels: labels}, 200, len(hashes))
		w := newWeights(c)
		g := newGroup([]string{"A", "B"}[:labels], w, randomPoint(rng, w.len()))
		g.Threshold, g.Calibration, g.Agreement = 0.4, calibration{0.9, 0.8, 0.1}, Stack{-0.5, 0.9, 0.1, 0.6}
		m.groups = append(m.groups, g)
	}
	return m
}

// TestFile: what is read finds what was written.
func TestFile(t *testing.T) {
	m := smallModel()
	again, err := Read(m.encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.encode(), again.encode()) {
		t.Error("written anew, the file is another")
	}
	if !again.Agrees() || !reflect.DeepEqual(again.groups[0].Agreement, m.groups[0].Agreement) {
		t.Errorf("agreement %v", again.groups[0].Agreement)
	}
	attrs := [][]uint32{{1, 2, 3}, {4, 5}, {6, 7, 8, 9}, {}}
	for i := range m.groups {
		var want, got []Mention
		m.groups[i].find(attrs, nil, 0.001, func(f Mention) { want = append(want, f) })
		again.groups[i].find(attrs, nil, 0.001, func(f Mention) { got = append(got, f) })
		if len(want) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("group %d finds %v, want %v", i, got, want)
		}
	}
}

// TestRounding: weights of 16 bits find what the exact ones find.
func TestRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	c := randomChains(rng, layout{labels: 2}, 100, 20)
	w := allWeights(c)
	x := randomPoint(rng, w.len())
	g := newGroup([]string{"A", "B"}, w, x)
	exact, rounded := make([]float64, c.layout.tags()), make([]float64, c.layout.tags())
	attrs := []uint32{0, 3, 3, 7, 19}
	w.score(x, attrs, exact)
	g.score(attrs, rounded)
	for i := range exact {
		if math.Abs(exact[i]-rounded[i]) > 0.01 {
			t.Errorf("tag %d scores %g, exactly %g", i, rounded[i], exact[i])
		}
	}
}

// TestDamage: every flipped byte, and every cut, is found.
func TestDamage(t *testing.T) {
	data := smallModel().encode()
	for at := range data {
		bad := bytes.Clone(data)
		bad[at] ^= 0x40
		_, err := Read(bad)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d flipped: error %v", at, err)
		}
		if _, err := Read(data[:at]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Fatalf("cut to %d bytes: error %v", at, err)
		}
	}
	old := bytes.Clone(data)
	binary.LittleEndian.PutUint32(old[4:], Version+1)
	if _, err := Read(old); !errors.Is(err, ErrVersion) {
		t.Errorf("another version: error %v", err)
	}
}

// FuzzRead: the reader stands any content, also such whose checksum is right, and what it reads can be used.
func FuzzRead(f *testing.F) {
	f.Add(smallModel().encode())
	f.Add([]byte(fileMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(data) - 8; n >= 0 {
			data = binary.LittleEndian.AppendUint64(bytes.Clone(data[:n]), xxhash.Sum64(data[:n]))
		}
		m, err := Read(data)
		if err != nil {
			return
		}
		for _, g := range m.groups {
			if m.hashes.count > 0 {
				g.find([][]uint32{{0}, m.hashes.known([]uint64{1, 2, 3})}, nil, 0.01, func(Mention) {})
			}
		}
		m.hashes.known([]uint64{0, 1, 1 << 40})
		found := make([][]Mention, len(m.groups))
		for i, g := range m.groups {
			found[i] = []Mention{{0, 0, g.Labels[0], 0.5}}
		}
		m.Agree([]Proposed{{"a", corpora.Tokenize("a"), found}, {"A", corpora.Tokenize("A"), found}})
	})
}
