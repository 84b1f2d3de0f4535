package lexical

import "fmt"

// postings are a term's list: the rows that hold it, ascending, with a code of each.
type postings[C code] struct {
	found    int
	rows     []uint32 // of a sparse list
	bits     []uint64 // of a dense list: a bit a row
	ranks    []uint32 // of a dense list: the number of bits before each word
	codes    []C
	frontier []C
}

// postingsOf views a term's list.
func postingsOf[C code](x *Index, number int) (p postings[C], err error) {
	e, err := x.entry(number)
	if err != nil {
		return p, err
	}
	codeBytes, rows := int(x.header.codeBytes), x.Len()
	size := listSize(e.found, rows, codeBytes)
	if e.listEnd-e.list < uint64(size+codeBytes) {
		return p, fmt.Errorf("%w: a list ends too early", ErrDamaged)
	}
	b, err := x.stretch(e.list, e.listEnd)
	if err != nil {
		return p, err
	}
	p.found = e.found
	codes := b[size-codeBytes*e.found:]
	p.codes, p.frontier = view[C](codes[:codeBytes*e.found]), view[C](codes[codeBytes*e.found:])
	if isDense(e.found, rows) {
		n := words(rows)
		p.bits, p.ranks = view[uint64](b[:8*n]), view[uint32](b[8*n:12*n])
	} else {
		p.rows = view[uint32](b[:4*e.found])
	}
	return p, nil
}

// encodeList appends a list to b, whose length is a multiple of the alignment.
func encodeList[C code](b []byte, rows int, list []uint32, codes, frontier []C) []byte {
	if isDense(len(list), rows) {
		b = appendBits(b, rows, list)
	} else {
		b = appendNumbers(b, list)
	}
	b = appendNumbers(b, codes)
	b = appendNumbers(b, frontier)
	for last := frontier[len(frontier)-1:]; len(b)%listAlign != 0; {
		b = appendNumbers(b, last)
	}
	return b
}

func appendBits(b []byte, rows int, list []uint32) []byte {
	bits, ranks := make([]uint64, words(rows)), make([]uint32, words(rows))
	for _, row := range list {
		bits[row/wordBits] |= 1 << (row % wordBits)
		ranks[row/wordBits]++
	}
	before := uint32(0)
	for i, n := range ranks {
		ranks[i] = before
		before += n
	}
	return appendNumbers(appendNumbers(b, bits), ranks)
}

func appendNumbers[T uint16 | uint32 | uint64](b []byte, numbers []T) []byte {
	var zero T
	bits := 8
	for zero = 1; zero<<bits != 0; {
		bits += 8
	}
	for _, n := range numbers {
		for shift := 0; shift < bits; shift += 8 {
			b = append(b, byte(n>>shift))
		}
	}
	return b
}
