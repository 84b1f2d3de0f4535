package lexicon

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// FileName is the lexicon's file in a generation.
const FileName = "lexicon.bin"

// The file: magic, u32 slots (a power of two), u32 strings, string table, base rates, borders, slots × (u64 hash, u64 offset),
// entries. Offsets count from the first entry; all numbers are little endian or unsigned varints.
const (
	magic      = "RLX1"
	prefixOnly = ^uint64(0)
	slotBytes  = 16
)

var errDamaged = errors.New("lexicon is damaged")

// Lexicon answers from its file's bytes. It is safe for concurrent use.
type Lexicon struct {
	slots   []byte
	mask    uint64
	entries []byte
	strings []string
	rates   Rates
	borders Borders

	once       sync.Once
	vocabulary []string // words of the keys, for Respelled; read on first use
	reversed   []string
}

// Open reads the lexicon in dir.
func Open(dir string) (*Lexicon, error) {
	data, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		return nil, fmt.Errorf("open lexicon: %w", err)
	}
	return New(data)
}

// New reads a lexicon from the bytes of its file, which must not change while it is in use.
func New(data []byte) (*Lexicon, error) {
	if len(data) < 12 || string(data[:4]) != magic {
		return nil, fmt.Errorf("open lexicon: %w: no %s header", errDamaged, magic)
	}
	slots := uint64(binary.LittleEndian.Uint32(data[4:]))
	count := int(binary.LittleEndian.Uint32(data[8:]))
	r := reader{data: data[12:]}
	l := &Lexicon{mask: slots - 1}
	for range count {
		if r.bad {
			break
		}
		l.strings = append(l.strings, r.text())
	}
	r.strings = l.strings
	l.rates, l.borders = r.rates(), r.borders()
	if r.bad || slots == 0 || slots&(slots-1) != 0 || uint64(len(r.data)) < slots*slotBytes {
		return nil, fmt.Errorf("open lexicon: %w: table of %d slots does not fit", errDamaged, slots)
	}
	l.slots, l.entries = r.data[:slots*slotBytes], r.data[slots*slotBytes:]
	return l, nil
}

// Close releases nothing yet: the bytes belong to the caller or the garbage collector.
func (l *Lexicon) Close() error { return nil }

func (l *Lexicon) find(hash uint64) (offset uint64, ok bool) {
	at := hash & l.mask
	for range l.mask + 1 {
		slot := l.slots[at*slotBytes:]
		switch binary.LittleEndian.Uint64(slot) {
		case hash:
			return binary.LittleEndian.Uint64(slot[8:]), true
		case 0:
			return 0, false
		}
		at = (at + 1) & l.mask
	}
	return 0, false
}

func (l *Lexicon) entry(offset uint64) (Entry, bool) {
	if offset >= uint64(len(l.entries)) {
		return Entry{}, false
	}
	r := reader{data: l.entries[offset:], strings: l.strings}
	e := r.entry()
	return e, !r.bad
}

// Entries calls f for every entry, in the order of the keys.
func (l *Lexicon) Entries(f func(Entry)) error {
	r := reader{data: l.entries, strings: l.strings}
	for len(r.data) > 0 {
		e := r.entry()
		if r.bad {
			return errDamaged
		}
		f(e)
	}
	return nil
}
