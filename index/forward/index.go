package forward

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"

	"github.com/ragner/ragner/index/mapped"
)

// The file, all numbers little-endian:
//
//	header       64 bytes: magic, then the numbers of header in their order, zeros
//	mentions     uint64 a mention: keys, row after row, ascending in each
//	known keys   uint64, ascending
//	word ends    uint32 a row and one more: where a row's words begin
//	mention ends uint32 a row and one more
//	lengths      uint32 a row: its words, repeated ones too
//	words        uint32: row after row, ascending and distinct in each
//	labels       uint32 a mention
//	vocabulary   uint32 a word, ascending
//	counts       three uint32 a word: total, inside, beside
//	key ends     uint32 a known key and one more: where its rows begin
//	key rows     uint32: key after key, ascending in each
const (
	magic      = "RAGNFWD1"
	headerSize = 64
)

// ErrDamaged says that a file contradicts itself.
var ErrDamaged = errors.New("damaged forward index")

type header struct{ rows, words, mentions, vocabulary, keys, keyRows uint64 }

func (h *header) fields() []*uint64 {
	return []*uint64{&h.rows, &h.words, &h.mentions, &h.vocabulary, &h.keys, &h.keyRows}
}

func (h *header) encode() []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	for _, field := range h.fields() {
		b = binary.LittleEndian.AppendUint64(b, *field)
	}
	return b[:headerSize]
}

// Index reads a mapped file. It is safe for concurrent use.
type Index struct {
	file *mapped.File
	header
	mentions, known                                                                int // offsets of the sections of uint64
	wordEnds, mentionEnds, lengths, words, labels, vocab, counts, ends, key, roles int // and of uint32
}

// Open reads the header of a file of so many rows. The Index owns file from then on, and closes it when Open fails.
// Errors wrap ErrDamaged. Where file has a Guard, each stretch is compared before its first use; without one a damaged
// file can give wrong numbers, but never a panic.
func Open(file *mapped.File, rows int) (*Index, error) {
	x := &Index{file: file}
	if err := x.open(rows); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return x, nil
}

func (x *Index) open(rows int) error {
	b := x.file.Bytes
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return fmt.Errorf("%w: no header", ErrDamaged)
	}
	if err := x.check(0, headerSize); err != nil {
		return err
	}
	for i, field := range x.fields() {
		if *field = binary.LittleEndian.Uint64(b[len(magic)+8*i:]); *field > uint64(len(b)) {
			return fmt.Errorf("%w: the size does not fit the header", ErrDamaged)
		}
	}
	at := headerSize
	place := func(section *int, width, n uint64) { *section, at = at, at+int(width*n) }
	place(&x.mentions, 8, x.header.mentions)
	place(&x.known, 8, x.keys)
	place(&x.wordEnds, 4, x.rows+1)
	place(&x.mentionEnds, 4, x.rows+1)
	place(&x.lengths, 4, x.rows)
	place(&x.words, 4, x.header.words)
	place(&x.labels, 4, x.header.mentions)
	place(&x.vocab, 4, x.vocabulary)
	place(&x.counts, 12, x.vocabulary)
	place(&x.ends, 4, x.keys+1)
	place(&x.key, 4, x.keyRows)
	place(&x.roles, 1, x.header.words)
	if at != len(b) || x.rows != uint64(rows) {
		return fmt.Errorf("%w: the size or the number of rows does not fit", ErrDamaged)
	}
	return nil
}

func (x *Index) check(first, end int) error {
	if err := x.file.Check(first, end); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// numbers views n numbers of a section of uint32, from number first on.
func (x *Index) numbers(section, first, n int) ([]byte, error) {
	at := section + 4*first
	return x.file.Bytes[at : at+4*n], x.check(at, at+4*n)
}

// bounds reads where list i of a section begins and ends among n numbers.
func (x *Index) bounds(section, i int, n uint64) (first, end int, err error) {
	b, err := x.numbers(section, i, 2)
	if err != nil {
		return 0, 0, err
	}
	lo, hi := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if lo > hi || uint64(hi) > n {
		return 0, 0, fmt.Errorf("%w: impossible bounds of a list", ErrDamaged)
	}
	return int(lo), int(hi), nil
}

// Len is the number of rows.
func (x *Index) Len() int { return int(x.rows) }

var errRow = fmt.Errorf("%w: there is no such row", ErrDamaged)

// Words appends the distinct words of a row to list, ascending.
func (x *Index) Words(list []Word, row int) ([]Word, error) {
	if row < 0 || row >= x.Len() {
		return list, errRow
	}
	first, end, err := x.bounds(x.wordEnds, row, x.header.words)
	if err != nil {
		return list, err
	}
	b, err := x.numbers(x.words, first, end-first)
	for i := 0; i < len(b); i += 4 {
		list = append(list, Word(binary.LittleEndian.Uint32(b[i:])))
	}
	return list, err
}

// Roles appends the roles of the distinct words of a row to list, in the order of Words.
func (x *Index) Roles(list []byte, row int) ([]byte, error) {
	if row < 0 || row >= x.Len() {
		return list, errRow
	}
	first, end, err := x.bounds(x.wordEnds, row, x.header.words)
	if err != nil {
		return list, err
	}
	return append(list, x.file.Bytes[x.roles+first:x.roles+end]...), x.check(x.roles+first, x.roles+end)
}

// Length is the number of words of a row.
func (x *Index) Length(row int) (int, error) {
	if row < 0 || row >= x.Len() {
		return 0, errRow
	}
	b, err := x.numbers(x.lengths, row, 1)
	return int(binary.LittleEndian.Uint32(b)), err
}

// Mention is a surface that stands annotated in a row; Label counts the index's labels.
type Mention struct {
	Key   Key
	Label uint32
}

// Mentions appends the distinct mentions of a row to list, by key and label.
func (x *Index) Mentions(list []Mention, row int) ([]Mention, error) {
	if row < 0 || row >= x.Len() {
		return list, errRow
	}
	first, end, err := x.bounds(x.mentionEnds, row, x.header.mentions)
	if err != nil {
		return list, err
	}
	labels, err := x.numbers(x.labels, first, end-first)
	if err == nil {
		err = x.check(x.mentions+8*first, x.mentions+8*end)
	}
	for i := range end - first {
		key := binary.LittleEndian.Uint64(x.file.Bytes[x.mentions+8*(first+i):])
		list = append(list, Mention{Key(key), binary.LittleEndian.Uint32(labels[4*i:])})
	}
	return list, err
}

// Occurrence is where a word stands in all rows; zero for an unknown one.
func (x *Index) Occurrence(word Word) (o Occurrence, err error) {
	n := int(x.vocabulary)
	at := sort.Search(n, func(i int) bool {
		b, e := x.numbers(x.vocab, i, 1)
		err = errors.Join(err, e)
		return Word(binary.LittleEndian.Uint32(b)) >= word
	})
	if err != nil || at == n {
		return o, err
	}
	if b, e := x.numbers(x.vocab, at, 1); e != nil || Word(binary.LittleEndian.Uint32(b)) != word {
		return o, e
	}
	b, err := x.numbers(x.counts, 3*at, 3)
	return Occurrence{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])}, err
}

// RowsWith appends the rows in which a surface with this key stands annotated, ascending.
func (x *Index) RowsWith(list []int, key Key) (_ []int, err error) {
	n := int(x.keys)
	at := sort.Search(n, func(i int) bool {
		place := x.known + 8*i
		err = errors.Join(err, x.check(place, place+8))
		return Key(binary.LittleEndian.Uint64(x.file.Bytes[place:])) >= key
	})
	if err != nil || at == n || Key(binary.LittleEndian.Uint64(x.file.Bytes[x.known+8*at:])) != key {
		return list, err
	}
	first, end, err := x.bounds(x.ends, at, x.keyRows)
	if err != nil {
		return list, err
	}
	b, err := x.numbers(x.key, first, end-first)
	for i := 0; i < len(b); i += 4 {
		row := int(binary.LittleEndian.Uint32(b[i:]))
		if row >= x.Len() {
			return list, errRow
		}
		list = append(list, row)
	}
	return list, err
}

// Close releases the file.
func (x *Index) Close() error { return x.file.Close() }
