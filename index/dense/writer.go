package dense

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"unsafe"
)

// Writer appends vectors to new files.
type Writer struct {
	vectors, codes    *output
	dimensions        int
	rows              int
	row               []int8 // scratch
	scales, residuals []byte // of all rows: they follow the codes
}

// Create makes the files; they must not exist.
func Create(files Files, dimensions int) (w *Writer, err error) {
	if dimensions <= 0 || dimensions > maxDimensions {
		return nil, fmt.Errorf("write %s: vectors of %d dimensions", files.Vectors, dimensions)
	}
	w = &Writer{dimensions: dimensions, row: make([]int8, strideOf(dimensions))}
	if w.vectors, err = newOutput(files.Vectors); err != nil {
		return nil, err
	}
	if w.codes, err = newOutput(files.Codes); err != nil {
		return nil, errors.Join(err, w.vectors.f.Close())
	}
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
	for _, v := range unit {
		w.vectors.float(v)
	}
	scale, residual := quantizeRow(unit, w.row)
	w.scales = binary.LittleEndian.AppendUint32(w.scales, math.Float32bits(scale))
	w.residuals = binary.LittleEndian.AppendUint32(w.residuals, math.Float32bits(residual))
	w.codes.bytes(unsafe.Slice((*byte)(unsafe.Pointer(&w.row[0])), len(w.row)))
	return errors.Join(w.vectors.err, w.codes.err)
}

// Close completes and closes the files, without syncing them to the disk.
func (w *Writer) Close() error {
	w.codes.bytes(w.scales)
	w.codes.bytes(w.residuals)
	return errors.Join(
		w.vectors.close(header(floatMagic, w.dimensions, w.rows)),
		w.codes.close(header(codeMagic, w.dimensions, w.rows)))
}

// output is a file being written behind a header that comes last, with its first error.
type output struct {
	f   *os.File
	w   *bufio.Writer
	err error
}

func newOutput(path string) (*output, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	o := &output{f: f, w: bufio.NewWriterSize(f, 1<<18)}
	o.bytes(make([]byte, headerSize))
	return o, nil
}

func (o *output) bytes(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
	}
}

func (o *output) float(v float32) {
	var value [4]byte
	binary.LittleEndian.PutUint32(value[:], math.Float32bits(v))
	o.bytes(value[:])
}

func (o *output) close(header []byte) error {
	if o.err == nil {
		o.err = o.w.Flush()
	}
	if o.err == nil {
		_, o.err = o.f.WriteAt(header, 0)
	}
	return errors.Join(o.err, o.f.Close())
}
