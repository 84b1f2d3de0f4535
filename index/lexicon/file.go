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

// The file: a header; string table, base rates, borders; the table of keys and that of bags (slots of a u64 hash and a u64
// offset); the filters of both; lists; vocabulary; entries. The header is the magic, u32 number of strings, and the sizes in
// bytes of what follows it but the entries, u64 each. Offsets count from the first entry or list; all numbers are little
// endian or unsigned varints.
const (
	magic       = "RLX2"
	parts       = 7 // with a size in the header
	headerBytes = 8 + 8*parts
	prefixOnly  = ^uint64(0)
)

var errDamaged = errors.New("lexicon is damaged")

// Lexicon answers from its file's bytes. It is safe for concurrent use.
type Lexicon struct {
	keys    table  // hash of a key or key prefix → offset of the entry, or prefixOnly
	begun   filter // of the hashes in keys
	loose   table  // bag → offset of the entry, or of a list of them
	lists   string // of entries' offsets
	known   filter // folded words in bags
	words   string // of the keys, sorted, for Respelled
	entries string
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
	var part [parts][]byte
	rest, fits := data[headerBytes:], true
	for i := range part {
		n := binary.LittleEndian.Uint64(data[8+8*i:])
		if fits = fits && n <= uint64(len(rest)); fits {
			part[i], rest = rest[:n], rest[n:]
		}
	}
	l := &Lexicon{
		keys: table(part[1]), loose: table(part[2]), begun: filter(part[3]), known: filter(part[4]),
		lists: string(part[5]), words: string(part[6]), entries: string(rest),
	}
	fits = fits && l.keys.valid() && l.loose.valid() && l.begun.valid() && l.known.valid()
	if !fits || !l.readHead(string(part[0]), int(binary.LittleEndian.Uint32(data[4:]))) {
		return nil, fmt.Errorf("open lexicon: %w: its tables do not fit", errDamaged)
	}
	return l, nil
}

// readHead reads the string table, base rates and borders.
func (l *Lexicon) readHead(head string, strings int) (ok bool) {
	r := reader{data: head}
	for range strings {
		if r.bad {
			break
		}
		l.strings = append(l.strings, r.text())
	}
	r.strings = l.strings
	l.rates, l.borders = r.rates(), r.borders()
	return !r.bad && r.data == ""
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
