// Package dense finds the rows whose vectors are most similar to a query's. Vectors stand in one flat file;
// chromem-go answers small collections and a scan over the mapped file large ones, with the same results.
// It does not embed texts.
package dense

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"unsafe"

	"github.com/ragner/ragner/index/mapped"
)

const (
	magic      = "RAGNVEC1"
	headerSize = 64 // magic, dimensions, rows, zeros: rows start aligned to a cache line
)

// ErrDamaged says that a file of vectors does not have the expected form.
var ErrDamaged = errors.New("damaged vectors")

// Writer appends vectors to a new file.
type Writer struct {
	f          *os.File
	w          *bufio.Writer
	dimensions int
	rows       int
}

// Create makes the file; it must not exist.
func Create(path string, dimensions int) (*Writer, error) {
	if dimensions <= 0 {
		return nil, fmt.Errorf("write %s: vectors of %d dimensions", path, dimensions)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	w := &Writer{f: f, w: bufio.NewWriterSize(f, 1<<18), dimensions: dimensions}
	_, _ = w.w.Write(make([]byte, headerSize)) // filled in by Close; a buffered writer keeps its error
	return w, nil
}

// Append writes one vector, scaled to Euclidean length 1; all zeros stay. A vector of other dimensions or with
// a value that is not finite is an error.
func (w *Writer) Append(vector []float32) error {
	if len(vector) != w.dimensions {
		return fmt.Errorf("the embedder gave %d dimensions instead of %d", len(vector), w.dimensions)
	}
	unit, err := Normalize(vector)
	if err != nil {
		return err
	}
	w.rows++
	var value [4]byte
	for _, v := range unit {
		binary.LittleEndian.PutUint32(value[:], math.Float32bits(v))
		if _, err := w.w.Write(value[:]); err != nil {
			return err
		}
	}
	return nil
}

// Close completes the header and closes the file, without syncing it to the disk.
func (w *Writer) Close() error {
	err := w.w.Flush()
	header := binary.LittleEndian.AppendUint64([]byte(magic), uint64(w.dimensions))
	header = binary.LittleEndian.AppendUint64(header, uint64(w.rows))
	if err == nil {
		_, err = w.f.WriteAt(header, 0)
	}
	return errors.Join(err, w.f.Close())
}

// Normalize returns vector scaled to Euclidean length 1, or itself when it is that long already or all zero.
// A value that is not finite is an error.
func Normalize(vector []float32) ([]float32, error) {
	var sum float64
	for _, v := range vector {
		sum += float64(v) * float64(v)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil, errors.New("a vector holds a value that is not a finite number")
	}
	if sum == 0 || math.Abs(sum-1) < 1e-6 {
		return vector, nil
	}
	unit := make([]float32, len(vector))
	for i, v := range vector {
		unit[i] = float32(float64(v) / math.Sqrt(sum))
	}
	return unit, nil
}

// Vectors are the rows of a mapped file.
type Vectors struct {
	file       *mapped.File
	data       []float32 // rows * dimensions
	dimensions int
	rows       int
	small      lazyChromem
}

// Open maps the file at path. Errors about its content wrap ErrDamaged.
func Open(path string) (*Vectors, error) {
	file, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	v := &Vectors{file: file}
	if err := v.readHeader(); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return v, nil
}

func (v *Vectors) readHeader() error {
	b := v.file.Bytes
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return fmt.Errorf("%w: no header", ErrDamaged)
	}
	dimensions, rows := binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
	body := uint64(len(b) - headerSize)
	if dimensions == 0 || dimensions > body/4 && rows > 0 || body%(4*dimensions) != 0 || body/(4*dimensions) != rows {
		return fmt.Errorf("%w: the size does not fit the header", ErrDamaged)
	}
	v.dimensions, v.rows = int(dimensions), int(rows)
	v.data = floats(b[headerSize:])
	return nil
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

// Len is the number of rows.
func (v *Vectors) Len() int { return v.rows }

// Dimensions is the number of values of a row.
func (v *Vectors) Dimensions() int { return v.dimensions }

// Bytes is the whole file.
func (v *Vectors) Bytes() []byte { return v.file.Bytes }

// Row is row i's vector, part of the mapped file: valid until Close, not to be written to.
func (v *Vectors) Row(i int) []float32 {
	return v.data[i*v.dimensions : (i+1)*v.dimensions : (i+1)*v.dimensions]
}

// Close unmaps the file. No search may be running.
func (v *Vectors) Close() error {
	v.data, v.rows = nil, 0
	return v.file.Close()
}
