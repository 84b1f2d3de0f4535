package dense

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/ragner/ragner/index/mapped"
)

// Both files begin with a header: magic, dimensions, rows, zeros, so that what follows is aligned to a cache line.
const (
	floatMagic = "RAGNVEC1"
	codeMagic  = "RAGNCOD1"
	headerSize = 64
)

func header(magic string, dimensions, rows int) []byte {
	b := binary.LittleEndian.AppendUint64([]byte(magic), uint64(dimensions))
	b = binary.LittleEndian.AppendUint64(b, uint64(rows))
	return append(b, make([]byte, headerSize-len(b))...)
}

// section is what both kinds of file have in common.
type section struct {
	path       string
	file       *mapped.File
	dimensions int
	len        int // rows
}

// readSection reads the header; rowSize is the number of bytes that a row of so many dimensions takes in the file.
func readSection(path string, file *mapped.File, magic string, rowSize func(dimensions int) int) (section, error) {
	s := section{path: path, file: file}
	b := file.Bytes
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return s, fmt.Errorf("read %s: %w: no header", path, ErrDamaged)
	}
	dimensions, rows := binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
	body := uint64(len(b) - headerSize)
	if dimensions == 0 || dimensions > maxDimensions {
		return s, fmt.Errorf("read %s: %w: %d dimensions", path, ErrDamaged, dimensions)
	}
	if size := uint64(rowSize(int(dimensions))); body%size != 0 || body/size != rows {
		return s, fmt.Errorf("read %s: %w: the size does not fit the header", path, ErrDamaged)
	}
	s.dimensions, s.len = int(dimensions), int(rows)
	return s, nil
}

// check compares the blocks of the bytes from first to end with their checksums, once, if the file is guarded.
func (s *section) check(first, end int) error {
	if err := s.file.Check(first, end); err != nil {
		return fmt.Errorf("read %s: %w: %w", s.path, ErrDamaged, err)
	}
	return nil
}

// floatFile holds the vectors of record.
type floatFile struct {
	section
	values []float32 // len * dimensions
}

func readFloats(path string, file *mapped.File) (floatFile, error) {
	s, err := readSection(path, file, floatMagic, func(dimensions int) int { return 4 * dimensions })
	if err != nil {
		return floatFile{}, err
	}
	return floatFile{section: s, values: floats(s.file.Bytes[headerSize:])}, nil
}

func (f *floatFile) row(i int) ([]float32, error) {
	first, end := i*f.dimensions, (i+1)*f.dimensions
	if err := f.check(headerSize+4*first, headerSize+4*end); err != nil {
		return nil, err
	}
	return f.values[first:end:end], nil
}

// floats views little-endian bytes as float32, and copies them on a machine of the other byte order.
func floats(b []byte) []float32 {
	if len(b) == 0 {
		return nil
	}
	one := uint16(1)
	if little := *(*byte)(unsafe.Pointer(&one)) == 1; little && uintptr(unsafe.Pointer(&b[0]))%4 == 0 {
		return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
	}
	values := make([]float32, len(b)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return values
}
