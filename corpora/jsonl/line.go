package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// line is JSON that is put together value by value, so that a long document stands in memory once.
type line struct {
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

func newLine(size int) *line {
	l := &line{}
	l.buf.Grow(size)
	l.enc = json.NewEncoder(&l.buf)
	l.enc.SetEscapeHTML(false)
	return l
}

// put writes a value without the encoder's line feed.
func (l *line) put(v any) {
	if err := l.enc.Encode(v); err != nil {
		l.err = errors.Join(l.err, err)
		return
	}
	l.buf.Truncate(l.buf.Len() - 1)
}

// putLong writes a string as put does, piece by piece, since the encoder doubles the room for a value until it fits.
func (l *line) putLong(s string) {
	const piece = 64 << 10
	l.buf.WriteByte('"')
	for len(s) > 0 {
		end := min(piece, len(s))
		for end < len(s) && end > piece-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		at := l.buf.Len()
		l.put(s[:end])
		if l.err != nil {
			return
		}
		quoted := l.buf.Bytes()[at:]
		l.buf.Truncate(at + copy(quoted, quoted[1:len(quoted)-1]))
		s = s[end:]
	}
	l.buf.WriteByte('"')
}
