package jsonl

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// errRefused is the error of one record that is larger or nested deeper than the limits; reading goes on after it.
type errRefused struct{ error }

// values splits a stream into JSON values without parsing them: line by line, or, for an array and for values
// that span lines, by their brackets. One record is in memory at a time.
type values struct {
	r       *bufio.Reader
	limits  corpora.Limits
	line    int // of the next byte, from 1
	byLine  bool
	inArray bool
	buf     []byte
}

// newValues looks at the beginning of r to learn how the file is built. It refuses what is not UTF-8 text.
func newValues(r io.Reader, limits corpora.Limits) (*values, error) {
	v := &values{r: bufio.NewReaderSize(r, 1<<16), limits: limits, line: 1}
	head, err := v.r.Peek(1 << 16)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if err := refuse(head); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, utf8BOM) {
		head = head[len(utf8BOM):]
		v.r.Discard(len(utf8BOM)) //nolint:errcheck // it was peeked
	}
	v.byLine = isLines(head)
	if !v.byLine && firstByte(head) == '[' {
		v.inArray = true
		v.skip(isBlank) //nolint:errcheck // what stands there was peeked
		v.r.Discard(1)  //nolint:errcheck // the bracket was peeked
	}
	return v, nil
}

var utf8BOM = []byte("\xef\xbb\xbf")

// refuse names the encodings that are mistaken for JSON.
func refuse(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return errors.New("the file is UTF-16: convert it to UTF-8")
	case isZlib(head):
		return errors.New(`a binary file such as spaCy's DocBin: write its documents as JSON lines first, ` +
			`in Python: for doc in DocBin().from_disk(path).get_docs(nlp.vocab): print(json.dumps(doc.to_json()))`)
	case bytes.IndexByte(head, 0) >= 0:
		return errors.New("a binary file, not JSON")
	}
	return nil
}

// isZlib knows the header of zlib streams (RFC 1950), which DocBin files begin with.
func isZlib(head []byte) bool {
	return len(head) > 2 && head[0] == 0x78 && (int(head[0])<<8|int(head[1]))%31 == 0 && bytes.IndexByte([]byte{0x01, 0x5e, 0x9c, 0xda}, head[1]) >= 0
}

// isLines tells JSON lines from an array of records and from values that span lines.
func isLines(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) > 0 && head[0] == '[' {
		inner := firstByte(head[1:])
		return inner != '{' && inner != '[' && inner != ']'
	}
	line, rest, whole := bytes.Cut(head, []byte("\n"))
	// An open first line with another record below it is a bad line, not a value that goes on.
	return !whole || balanced(line) || firstByte(rest) == '{'
}

// balanced reports whether a line's brackets close; a line without any does.
func balanced(line []byte) bool {
	var b bounded.Brackets
	for _, c := range line {
		b.Next(c)
	}
	return b.Depth <= 0
}

func firstByte(b []byte) byte { return kind(b) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// next gives the next value and its line; io.EOF at the end. The bytes are valid until the next call.
// errRefused concerns one record only; every other error is the file's.
func (v *values) next() (raw []byte, line int, err error) {
	if v.byLine {
		return v.nextLine()
	}
	separator := func(c byte) bool { return isBlank(c) || v.inArray && c == ',' }
	c, err := v.skip(separator)
	switch {
	case errors.Is(err, io.EOF) && v.inArray:
		return nil, v.line, errors.New("the array does not end: the file is cut off")
	case err != nil:
		return nil, v.line, err
	case v.inArray && c == ']':
		return nil, v.line, v.afterArray()
	}
	return v.bracketed()
}

// afterArray reads the closing bracket and demands that nothing follows.
func (v *values) afterArray() error {
	v.r.Discard(1) //nolint:errcheck // it was peeked
	if _, err := v.skip(isBlank); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of the array")
	}
	return io.EOF
}

// skip passes bytes while pass holds and gives the first other one, which stays unread.
func (v *values) skip(pass func(byte) bool) (byte, error) {
	for {
		c, err := v.r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !pass(c) {
			return c, v.r.UnreadByte()
		}
		if c == '\n' {
			v.line++
		}
	}
}

// bracketed reads one value up to its closing bracket, or a bare scalar up to a separator. One that the limits refuse
// is passed over.
func (v *values) bracketed() ([]byte, int, error) {
	line, b := v.line, bounded.Brackets{}
	var refused error
	v.buf = v.buf[:0]
	for {
		c, err := v.r.ReadByte()
		if errors.Is(err, io.EOF) && len(v.buf) > 0 && b.Depth == 0 && !b.InString {
			return v.buf, line, nil
		}
		if errors.Is(err, io.EOF) {
			return nil, line, cmp.Or(refused, errors.New("the record does not end: the file is cut off"))
		}
		if err != nil {
			return nil, line, err
		}
		if b.Depth == 0 && !b.InString && len(v.buf) > 0 && (isBlank(c) || c == ',' || c == ']') {
			return v.buf, line, v.r.UnreadByte()
		}
		if c == '\n' {
			v.line++
		}
		b.Next(c)
		if refused == nil {
			v.buf = append(v.buf, c)
			refused = v.refusal(len(v.buf), b.Depth)
		}
		if b.Depth <= 0 && !b.InString && (c == '}' || c == ']') {
			return v.buf, line, refused
		}
	}
}

// refusal is an errRefused where so many bytes or levels are too many, else nil.
func (v *values) refusal(size, depth int) error {
	switch {
	case size > v.limits.Bytes():
		return errRefused{v.limits.TooLarge("the record")}
	case depth > v.limits.Levels():
		return errRefused{v.limits.TooDeep()}
	}
	return nil
}

// nextLine gives the next line that is not blank.
func (v *values) nextLine() ([]byte, int, error) {
	for {
		raw, err := v.readLine()
		line := v.line
		v.line++
		if err != nil || len(bytes.TrimSpace(raw)) > 0 {
			return raw, line, err
		}
	}
}

// readLine reads up to a line feed. Of a line that the limits refuse it drops the rest.
func (v *values) readLine() ([]byte, error) {
	v.buf = v.buf[:0]
	long := false
	for {
		part, err := v.r.ReadSlice('\n')
		if long = long || len(v.buf)+len(part) > v.limits.Bytes(); !long {
			v.buf = append(v.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(v.buf) == 0 && !long:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, errRefused{v.limits.TooLarge("the line")}
		case bounded.Deeper(v.buf, v.limits.Levels()):
			return nil, errRefused{v.limits.TooDeep()}
		}
		return v.buf, nil
	}
}
