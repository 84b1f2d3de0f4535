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

// The file: magic, u32 number of strings, u32 number of slots of keys, u32 of bags, u32 bytes of the filter, u64 of the
// lists, u64 of the vocabulary; the string table, base rates, borders; then the table of keys, that of bags (slots of a
// u64 hash and a u64 offset), filter, lists, vocabulary, entries. Offsets count from the first entry or list; all numbers
// are little endian or unsigned varints.
const (
	magic       = "RLX2"
	headerBytes = 36
	prefixOnly  = ^uint64(0)
)

var errDamaged = errors.New("lexicon is damaged")

// Lexicon answers from its file's bytes. It is safe for concurrent use.
type Lexicon struct {
	keys    table  // hash of a key or key prefix → offset of the entry, or prefixOnly
	loose   table  // bag → offset of the entry, or of a list of them
	lists   []byte // of entries' offsets
	known   filter // folded words in bags
	words   []byte // of the keys, sorted, for Respelled
	entries []byte
	strings []string
	rates   Rates
	borders Borders

	once       sync.Once
	vocabulary vocabulary // read on first use
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
	if len(data) < headerBytes || string(data[:4]) != magic {
		return nil, fmt.Errorf("open lexicon: %w: no %s header", errDamaged, magic)
	}
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(data[at:])) }
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(data[at:]) }
	r := reader{data: data[headerBytes:]}
	l := &Lexicon{}
	for range u32(4) {
		if r.bad {
			break
		}
		l.strings = append(l.strings, r.text())
	}
	r.strings = l.strings
	l.rates, l.borders = r.rates(), r.borders()
	l.keys, l.loose = r.table(u32(8)), r.table(u32(12))
	l.known, l.lists, l.words = r.take(u32(16)), r.take(u64(20)), r.take(u64(28))
	if r.bad {
		return nil, fmt.Errorf("open lexicon: %w: its tables do not fit", errDamaged)
	}
	l.entries = r.data
	return l, nil
}

// Close releases nothing yet: the bytes belong to the caller or the garbage collector.
func (l *Lexicon) Close() error { return nil }

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
