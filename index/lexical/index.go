package lexical

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/ragner/ragner/index/mapped"
)

// Index answers BM25 queries over a mapped file of postings. It is safe for concurrent use.
type Index struct {
	file    *mapped.File
	header  header
	at      sections
	average float64 // tokens of a row
	tables  tables
	scratch sync.Pool // of *scratch
}

// Open reads the header of a file of postings of so many rows; the time does not depend on their number. The Index
// owns file from then on, and closes it when Open fails. Where file has a Guard, every stretch is compared before its
// first use. Without it damaged postings can give wrong hits, but never a panic. Errors wrap ErrDamaged.
func Open(file *mapped.File, rows int) (*Index, error) {
	x := &Index{file: file}
	x.scratch.New = func() any { return new(scratch) }
	if err := x.open(rows); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return x, nil
}

func (x *Index) open(rows int) (err error) {
	if err := x.check(0, headerSize); err != nil {
		return err
	}
	if x.header, x.at, err = parseHeader(x.file.Bytes); err != nil {
		return err
	}
	if x.header.rows != uint64(rows) {
		return fmt.Errorf("%w: other rows than expected", ErrDamaged)
	}
	x.average = float64(x.header.tokens) / float64(max(rows, 1))
	return nil
}

// check compares the blocks of a stretch of the file with their checksums.
func (x *Index) check(first, end uint64) error {
	if err := x.file.Check(int(first), min(int(end), len(x.file.Bytes))); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// stretch is the bytes from first to end, compared.
func (x *Index) stretch(first, end uint64) ([]byte, error) {
	return x.file.Bytes[first:end], x.check(first, end)
}

// Len is the number of rows.
func (x *Index) Len() int { return int(x.header.rows) }

// Terms is the number of distinct terms.
func (x *Index) Terms() int { return int(x.header.terms) }

// Length is the number of tokens of a row.
func (x *Index) Length(row int) (int, error) {
	if row < 0 || row >= x.Len() {
		return 0, fmt.Errorf("length of row %d: there are %d rows", row, x.Len())
	}
	b, err := x.stretch(x.at.lengths+4*uint64(row), x.at.lengths+4*uint64(row)+4)
	return int(binary.LittleEndian.Uint32(b)), err
}

// DocumentFrequency is the number of rows that hold token, as Analyze gives it; 0 for an unknown token.
func (x *Index) DocumentFrequency(token string) (int, error) {
	number, ok, err := x.lookup(token)
	if !ok || err != nil {
		return 0, err
	}
	e, err := x.entry(number)
	return e.found, err
}

// entry is what the dictionary knows of a term. Its offsets are those of the file, and in it.
type entry struct {
	list, listEnd, text, textEnd uint64
	found                        int
}

func (x *Index) entry(number int) (e entry, err error) {
	at := x.at.entries + entrySize*uint64(number)
	b, err := x.stretch(at, at+2*entrySize)
	if err != nil {
		return e, err
	}
	e.list, e.listEnd = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[entrySize:])
	text, textEnd := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[entrySize+8:])
	e.text, e.textEnd = x.at.text+uint64(text), x.at.text+uint64(textEnd)
	found := binary.LittleEndian.Uint32(b[12:])
	wrong := e.list < headerSize || e.list%listAlign != 0 || e.listEnd < e.list || e.listEnd > x.at.pairs ||
		e.textEnd < e.text || e.textEnd > x.at.end || found == 0 || uint64(found) > x.header.rows
	if wrong {
		return e, fmt.Errorf("%w: impossible entry of a term", ErrDamaged)
	}
	e.found = int(found)
	return e, nil
}

// lookup gives the number of a term. Terms are numbered in the order of their bytes.
func (x *Index) lookup(term string) (number int, ok bool, err error) {
	mask := x.header.slots - 1
	slot := xxhash.Sum64String(term) & mask
	for range x.header.slots {
		at := x.at.slots + 4*slot
		b, err := x.stretch(at, at+4)
		if err != nil {
			return 0, false, err
		}
		number := int(binary.LittleEndian.Uint32(b)) - 1
		if number < 0 {
			return 0, false, nil
		}
		if same, err := x.is(number, term); same || err != nil {
			return number, same, err
		}
		slot = (slot + 1) & mask
	}
	return 0, false, fmt.Errorf("%w: a full hash table", ErrDamaged)
}

// is reports whether the term of this number is term.
func (x *Index) is(number int, term string) (bool, error) {
	text, err := x.term(number)
	return err == nil && string(text) == term, err
}

// term is the text of the term of this number.
func (x *Index) term(number int) ([]byte, error) {
	if number >= x.Terms() {
		return nil, fmt.Errorf("%w: a term number out of range", ErrDamaged)
	}
	e, err := x.entry(number)
	if err != nil {
		return nil, err
	}
	return x.stretch(e.text, e.textEnd)
}

// Close releases the file. No search may be running.
func (x *Index) Close() error { return x.file.Close() }
