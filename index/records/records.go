// Package records is a file of variable-length rows with constant-time access to each: a header, the rows one
// after another, and a table of where they start. It knows nothing of what the rows mean; Encoder and Decoder
// give them a compact binary form. Flipped bits are found where the mapped file has checksums of its blocks; without
// them, only what would lead outside the file is.
package records

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/ragner/ragner/index/mapped"
)

const (
	magic      = "RAGNREC1"
	footerSize = 8 + 8 + len(magic) // number of rows, start of the table, magic
)

// ErrDamaged says that a file or row does not have the expected form.
var ErrDamaged = errors.New("damaged record")

// Writer appends rows to a new file. Its errors stick: Close returns the first.
type Writer struct {
	f      *os.File
	w      *bufio.Writer
	starts []uint64
	at     uint64
	err    error
}

// Create makes the file; it must not exist.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	w := &Writer{f: f, w: bufio.NewWriterSize(f, 1<<16)}
	w.write([]byte(magic))
	return w, nil
}

// Append writes one row and returns its number, from 0.
func (w *Writer) Append(row []byte) int {
	w.starts = append(w.starts, w.at)
	w.write(row)
	return len(w.starts) - 1
}

// Len is the number of rows written.
func (w *Writer) Len() int { return len(w.starts) }

// Close writes the table and closes the file, without syncing it to the disk.
func (w *Writer) Close() error {
	table, rows := w.at, uint64(len(w.starts))
	for _, start := range append(w.starts, table) {
		w.write(binary.LittleEndian.AppendUint64(nil, start))
	}
	footer := binary.LittleEndian.AppendUint64(nil, rows)
	w.write(append(binary.LittleEndian.AppendUint64(footer, table), magic...))
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return errors.Join(w.err, w.f.Close())
}

func (w *Writer) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
		w.at += uint64(len(b))
	}
}

// Reader reads rows of a mapped file. It is safe for concurrent use.
type Reader struct {
	file  *mapped.File
	table int // where rows+1 little-endian uint64 begin
	rows  int
}

// Open maps the file at path. A file of another form gives an error that wraps ErrDamaged.
func Open(path string) (*Reader, error) {
	file, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := New(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), file.Close())
	}
	return r, nil
}

// New reads from a file that Close will close. Bytes of another form give an error that wraps ErrDamaged.
func New(file *mapped.File) (*Reader, error) {
	data := file.Bytes
	if len(data) < len(magic)+8+footerSize || string(data[:len(magic)]) != magic || string(data[len(data)-len(magic):]) != magic {
		return nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	end := uint64(len(data) - footerSize)
	if err := file.Check(int(end), len(data)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	rows := binary.LittleEndian.Uint64(data[end:])
	table := binary.LittleEndian.Uint64(data[end+8:])
	if table > end || (end-table)%8 != 0 || (end-table)/8 != rows+1 {
		return nil, fmt.Errorf("%w: the table of rows does not fit", ErrDamaged)
	}
	return &Reader{file: file, rows: int(rows), table: int(table)}, nil
}

// Len is the number of rows.
func (r *Reader) Len() int { return r.rows }

// Row is row i's bytes, valid until Close. Its error wraps ErrDamaged.
func (r *Reader) Row(i int) ([]byte, error) {
	if i < 0 || i >= r.rows {
		return nil, fmt.Errorf("%w: row %d of %d", ErrDamaged, i, r.rows)
	}
	at := r.table + 8*i
	if err := r.file.Check(at, at+16); err != nil {
		return nil, fmt.Errorf("%w: the table of rows: %w", ErrDamaged, err)
	}
	start := binary.LittleEndian.Uint64(r.file.Bytes[at:])
	end := binary.LittleEndian.Uint64(r.file.Bytes[at+8:])
	if start > end || end > uint64(r.table) {
		return nil, fmt.Errorf("%w: row %d lies outside the file", ErrDamaged, i)
	}
	if err := r.file.Check(int(start), int(end)); err != nil {
		return nil, fmt.Errorf("%w: row %d: %w", ErrDamaged, i, err)
	}
	return r.file.Bytes[start:end], nil
}

// Close unmaps the file; rows must not be used any more.
func (r *Reader) Close() error { return r.file.Close() }
