package lexical

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"
)

// The file of postings, all numbers little-endian:
//
//	header   128 bytes: magic, then the numbers of header in their order, zeros
//	lists    a list a term, each aligned to 8 bytes
//	pairs    tf uint32, length uint32: the distinct pairs of the collection, the most frequent one first
//	lengths  uint32 a row
//	slots    uint32: the hash table of the terms, by XXH64 and linear probing; term number + 1, or 0
//	entries  16 bytes a term and one more: where its list begins, where its text begins, document frequency
//	text     the terms in the order of their bytes, one after another
//
// A term that fewer than one row in 16 holds has a sparse list, another one a dense list; row numbers and codes stand
// in the order of the rows, a code being the number of the pair (term frequency, row length):
//
//	sparse   rows uint32, codes, frontier
//	dense    a bit a row in words of 64, for each word the number of bits before it (uint32), codes, frontier
//
// The frontier is the codes of which one has the list's greatest saturation, whatever k1 and b are; it goes on to the
// end of the list, its last code repeated up to the alignment. Codes have two bytes, or four when there are more
// than 65,536 pairs.
const (
	magic      = "RAGNPST1"
	headerSize = 128
	pairSize   = 8
	entrySize  = 16
	listAlign  = 8
	denseShare = 16 // a term that one row in so many holds has a dense list
	wordBits   = 64
)

// ErrDamaged says that the files of an index contradict each other or cannot be decoded.
var ErrDamaged = errors.New("damaged word index")

// header is what stands behind the magic, in this order.
type header struct {
	rows, tokens, terms, pairs, codeBytes, slots, textBytes, listBytes uint64
}

func (h *header) fields() []*uint64 {
	return []*uint64{&h.rows, &h.tokens, &h.terms, &h.pairs, &h.codeBytes, &h.slots, &h.textBytes, &h.listBytes}
}

func (h *header) encode() []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	for _, field := range h.fields() {
		b = binary.LittleEndian.AppendUint64(b, *field)
	}
	return b[:headerSize]
}

// parseHeader reads a header and compares its numbers with each other and with the file's size, so that no sum of
// sections overflows and none leaves the file.
func parseHeader(b []byte) (h header, s sections, err error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return h, s, fmt.Errorf("%w: no header", ErrDamaged)
	}
	for i, field := range h.fields() {
		*field = binary.LittleEndian.Uint64(b[len(magic)+8*i:])
		if *field > uint64(len(b)) && field != &h.tokens {
			return h, s, fmt.Errorf("%w: the size does not fit the header", ErrDamaged)
		}
	}
	s = h.sections()
	wrong := h.codeBytes != 2 && h.codeBytes != 4 || h.slots&(h.slots-1) != 0 || h.slots <= h.terms ||
		h.listBytes%listAlign != 0 || s.end != uint64(len(b)) || h.rows >= 1<<32 || h.tokens >= 1<<53
	if wrong {
		return h, s, fmt.Errorf("%w: the size does not fit the header", ErrDamaged)
	}
	return h, s, nil
}

// sections are the offsets at which the parts of a file begin.
type sections struct{ pairs, lengths, slots, entries, text, end uint64 }

func (h *header) sections() (s sections) {
	s.pairs = headerSize + h.listBytes
	s.lengths = s.pairs + pairSize*h.pairs
	s.slots = s.lengths + 4*h.rows
	s.entries = s.slots + 4*h.slots
	s.text = s.entries + entrySize*(h.terms+1)
	s.end = s.text + h.textBytes
	return s
}

// isDense decides the form of a term's list by the number of rows that hold it.
func isDense(found, rows int) bool { return found >= (rows+denseShare-1)/denseShare }

// words is the number of 64-bit words that a bit a row takes.
func words(rows int) int { return (rows + wordBits - 1) / wordBits }

// listSize is the number of bytes of a list but for its frontier.
func listSize(found, rows, codeBytes int) int {
	if isDense(found, rows) {
		return 12*words(rows) + codeBytes*found
	}
	return (4 + codeBytes) * found
}

// code is the type of the numbers of pairs.
type code interface{ uint16 | uint32 }

// view gives little-endian bytes as numbers without copying them, and copies them on a machine of the other byte order.
func view[T uint16 | uint32 | uint64](b []byte) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if len(b) < size {
		return nil
	}
	one := uint16(1)
	if little := *(*byte)(unsafe.Pointer(&one)) == 1; little && uintptr(unsafe.Pointer(&b[0]))%uintptr(size) == 0 {
		return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), len(b)/size)
	}
	values := make([]T, len(b)/size)
	for i := range values {
		for j := range size {
			values[i] |= T(b[size*i+j]) << (8 * j)
		}
	}
	return values
}
