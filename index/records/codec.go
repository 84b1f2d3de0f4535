package records

import (
	"encoding/binary"
	"fmt"
)

// Encoder builds a row from unsigned varints and length-prefixed strings.
type Encoder struct{ Buf []byte }

// Reset empties the encoder, keeping its memory.
func (e *Encoder) Reset() { e.Buf = e.Buf[:0] }

// Uint appends a number that is not negative.
func (e *Encoder) Uint(v int) { e.Buf = binary.AppendUvarint(e.Buf, uint64(v)) }

// String appends a string with its length.
func (e *Encoder) String(s string) {
	e.Uint(len(s))
	e.Buf = append(e.Buf, s...)
}

// Strings appends a list of strings with their number.
func (e *Encoder) Strings(list []string) {
	e.Uint(len(list))
	for _, s := range list {
		e.String(s)
	}
}

// Decoder reads what an Encoder wrote. After a first failure every value is zero; Err tells of it.
type Decoder struct {
	buf []byte
	err error
}

// NewDecoder reads from row.
func NewDecoder(row []byte) *Decoder { return &Decoder{buf: row} }

// Uint is the next number, at most limit.
func (d *Decoder) Uint(limit int) int {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 || v > uint64(max(limit, 0)) {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return int(v)
}

// Count is the number of elements that follow; each takes at least one byte, so it never exceeds what is left.
func (d *Decoder) Count() int { return d.Uint(len(d.buf)) }

// String is the next string, a copy.
func (d *Decoder) String() string { return string(d.Raw()) }

// Raw is the next string's bytes, part of the row.
func (d *Decoder) Raw() []byte {
	n := d.Count()
	if n > len(d.buf) { // the count itself took bytes
		d.fail()
		return nil
	}
	s := d.buf[:n]
	d.buf = d.buf[n:]
	return s
}

// Strings is the next list of strings; nil when it is empty.
func (d *Decoder) Strings() []string {
	n := d.Count()
	if n == 0 {
		return nil
	}
	list := make([]string, 0, n)
	for range n {
		list = append(list, d.String())
	}
	return list
}

// Left is the number of bytes not read yet.
func (d *Decoder) Left() int { return len(d.buf) }

// Err tells whether anything read did not have the expected form; it wraps ErrDamaged.
func (d *Decoder) Err() error { return d.err }

// Close is Err, and fails too when bytes are left over.
func (d *Decoder) Close() error {
	if d.err == nil && len(d.buf) > 0 {
		d.err = fmt.Errorf("%w: %d bytes left over", ErrDamaged, len(d.buf))
	}
	return d.err
}

func (d *Decoder) fail() {
	if d.err == nil {
		d.err = fmt.Errorf("%w: it ends too early or holds an impossible number", ErrDamaged)
	}
	d.buf = nil
}
