// Package bounded reads input in pieces of a bounded size and depth, so that what is damaged, or made to do harm,
// cannot fill the memory. It knows no format of documents.
package bounded

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// Line reads one line with its end, of at most most bytes; of a longer one the rest is dropped and long tells so. At
// the end of the file a line may come with io.EOF.
func Line(r *bufio.Reader, most int) (line string, long bool, err error) {
	var kept []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := most - len(kept); len(part) > room {
			long = true
			part = part[:room]
		}
		kept = append(kept, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(kept), long, err
		}
	}
}

// All reads the whole of r, unless it has more than most bytes: then ok is false.
func All(r io.Reader, most int) (text string, ok bool, err error) {
	all, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil || len(all) > most {
		return "", false, err
	}
	return string(all), true, nil
}

// Meter fails with Large when more than Most bytes are read between resets. It counts lines.
type Meter struct {
	R     io.Reader
	Most  int
	Large error

	// Failed is the error that reading ended with, other than io.EOF: a decoder may hide it.
	Failed error

	Lines int // line feeds read so far
	used  int
	tail  []byte // the last bytes read
}

// Read implements io.Reader.
func (m *Meter) Read(p []byte) (int, error) {
	if m.Failed != nil {
		return 0, m.Failed
	}
	n, err := m.R.Read(p)
	m.Lines += bytes.Count(p[:n], []byte{'\n'})
	m.keep(p[:n])
	if m.used += n; m.used > m.Most {
		err = m.Large
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.Failed = err
	}
	return n, err
}

// Full reports whether reading ended because too much was read between resets.
func (m *Meter) Full() bool { return m.Failed != nil && errors.Is(m.Failed, m.Large) }

// Reset begins the count anew.
func (m *Meter) Reset() { m.used = 0 }

// tailSize is the length of the longest mark that SkipPast finds.
const tailSize = 32

func (m *Meter) keep(p []byte) {
	m.tail = append(m.tail, p[max(0, len(p)-tailSize):]...)
	m.tail = append(m.tail[:0], m.tail[max(0, len(m.tail)-tailSize):]...)
}

// SkipPast drops what is left of a part that was too large, up to the end of mark, and begins the count anew. What
// was read before may hold the beginning of mark. mark has at most 32 bytes. At the end of the file it gives io.EOF.
func (m *Meter) SkipPast(r *bufio.Reader, mark string) error {
	if m.tail = m.tail[max(0, len(m.tail)-len(mark)):]; string(m.tail) == mark {
		m.tail = nil
	}
	for string(m.tail) != mark {
		c, err := r.ReadByte()
		if err != nil {
			return err
		}
		if c == '\n' {
			m.Lines++
		}
		if m.tail = append(m.tail, c); len(m.tail) > len(mark) {
			m.tail = m.tail[1:]
		}
	}
	m.used, m.Failed, m.tail = 0, nil, nil
	return nil
}

// XML passes on the tokens of a decoder and fails with Deep where elements are nested more than Most deep. It is made
// for xml.NewTokenDecoder, which checks that elements match.
type XML struct {
	Decoder *xml.Decoder
	Most    int
	Deep    error
	depth   int
}

// Token implements xml.TokenReader.
func (x *XML) Token() (xml.Token, error) {
	token, err := x.Decoder.RawToken()
	switch token.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > x.Most {
			return nil, x.Deep
		}
	case xml.EndElement:
		x.depth--
	}
	return token, err
}

// Brackets follows the nesting of JSON by its bytes.
type Brackets struct {
	Depth             int
	InString, escaped bool
}

// Next takes the next byte.
func (b *Brackets) Next(c byte) {
	switch {
	case b.escaped:
		b.escaped = false
	case b.InString && c == '\\':
		b.escaped = true
	case c == '"':
		b.InString = !b.InString
	case b.InString:
	case c == '{' || c == '[':
		b.Depth++
	case c == '}' || c == ']':
		b.Depth--
	}
}

// JSON passes bytes on and fails with Deep where objects and arrays are nested more than Most deep.
type JSON struct {
	R        io.Reader
	Most     int
	Deep     error
	brackets Brackets
	failed   bool
}

// Read implements io.Reader.
func (j *JSON) Read(p []byte) (int, error) {
	if j.failed {
		return 0, j.Deep
	}
	n, err := j.R.Read(p)
	for i, c := range p[:n] {
		if j.brackets.Next(c); j.brackets.Depth > j.Most {
			j.failed = true
			return i, j.Deep
		}
	}
	return n, err
}

// Deeper reports whether a JSON value is nested more than most deep.
func Deeper(raw []byte, most int) bool {
	var b Brackets
	for _, c := range raw {
		if b.Next(c); b.Depth > most {
			return true
		}
	}
	return false
}
