package corpora

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// checkpointEvery is the distance of a Mapper's checkpoints in code points: a conversion decodes at most
// so many, and the table costs 12 bytes for each 64 code points.
const checkpointEvery = 64

// Mapper converts positions in one text between bytes, Unicode code points and UTF-16 units. A byte that is
// not valid UTF-8 counts as one code point and one unit. The zero Mapper is that of the empty text.
type Mapper struct {
	text        string
	ascii       bool
	codePoints  int
	units       int
	checkpoints []checkpoint // the i-th stands at code point i*checkpointEvery; nil when ascii
}

type checkpoint struct{ byteOffset, unit int }

// NewMapper reads text once. It keeps text, and for ASCII nothing else.
func NewMapper(text string) *Mapper {
	m := &Mapper{text: text, ascii: isASCII(text)}
	if m.ascii {
		m.codePoints, m.units = len(text), len(text)
		return m
	}
	m.checkpoints = make([]checkpoint, 0, len(text)/checkpointEvery+1)
	for i, r := range text {
		if m.codePoints%checkpointEvery == 0 {
			m.checkpoints = append(m.checkpoints, checkpoint{i, m.units})
		}
		m.codePoints++
		m.units += unitsOf(r)
	}
	return m
}

// Len is the length of the text in code points.
func (m *Mapper) Len() int { return m.codePoints }

// LenUTF16 is the length of the text in UTF-16 units.
func (m *Mapper) LenUTF16() int { return m.units }

// Bytes is the byte at which code point cp begins; the text's length stands for the position after its last
// code point. ok is false for a position outside the text.
func (m *Mapper) Bytes(cp int) (offset int, ok bool) {
	switch {
	case cp < 0 || cp > m.codePoints:
		return 0, false
	case cp == m.codePoints:
		return len(m.text), true
	case m.ascii:
		return cp, true
	}
	offset = m.checkpoints[cp/checkpointEvery].byteOffset
	for range cp % checkpointEvery {
		_, size := utf8.DecodeRuneInString(m.text[offset:])
		offset += size
	}
	return offset, true
}

// CodePoints is the number of code points before byte b. A byte inside a code point counts as its first one;
// one outside the text as the text's nearest end.
func (m *Mapper) CodePoints(b int) int {
	b = min(max(b, 0), len(m.text))
	if m.ascii {
		return b
	}
	cp, _ := m.locate(b)
	return cp
}

// UTF16 is the number of UTF-16 units before byte b, which is treated as CodePoints treats it.
func (m *Mapper) UTF16(b int) int {
	b = min(max(b, 0), len(m.text))
	if m.ascii {
		return b
	}
	_, unit := m.locate(b)
	return unit
}

// BytesFromUTF16 is the byte at which UTF-16 unit u begins. ok is false outside the text and between the two
// halves of a surrogate pair.
func (m *Mapper) BytesFromUTF16(u int) (offset int, ok bool) {
	switch {
	case u < 0 || u > m.units:
		return 0, false
	case u == m.units:
		return len(m.text), true
	case m.ascii:
		return u, true
	}
	after := sort.Search(len(m.checkpoints), func(i int) bool { return m.checkpoints[i].unit > u })
	at := m.checkpoints[after-1]
	for at.unit < u {
		at, _ = m.step(at)
	}
	return at.byteOffset, at.unit == u
}

// locate counts code points and units before byte b of a text that is not ASCII.
func (m *Mapper) locate(b int) (codePoint, unit int) {
	if b == len(m.text) {
		return m.codePoints, m.units
	}
	after := sort.Search(len(m.checkpoints), func(i int) bool { return m.checkpoints[i].byteOffset > b })
	at := m.checkpoints[after-1]
	codePoint = (after - 1) * checkpointEvery
	for {
		next, ok := m.step(at)
		if !ok || next.byteOffset > b {
			return codePoint, at.unit
		}
		at = next
		codePoint++
	}
}

// step moves one code point on; ok is false at the end of the text.
func (m *Mapper) step(at checkpoint) (next checkpoint, ok bool) {
	r, size := utf8.DecodeRuneInString(m.text[at.byteOffset:])
	return checkpoint{at.byteOffset + size, at.unit + unitsOf(r)}, size > 0
}

func unitsOf(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ValidUTF8 reports whether data is UTF-8, and otherwise the offset of the first byte that is not and its
// line, from 1.
func ValidUTF8(data []byte) (offset, line int, ok bool) {
	if utf8.Valid(data) {
		return 0, 0, true
	}
	for offset < len(data) {
		r, size := utf8.DecodeRune(data[offset:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	return offset, 1 + bytes.Count(data[:offset], []byte{'\n'}), false
}
