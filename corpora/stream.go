package corpora

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headSize is how much of a file a format may look at to recognise it.
const headSize = 64 << 10

// stream is an opened, decompressed file of checked UTF-8 text.
type stream struct {
	*bufio.Reader
	file io.Closer
}

func (s *stream) Close() error { return s.file.Close() }

// OpenText opens a file, or standard input for "-", and gives its text: gzip is undone (told by content, not
// name), a byte-order mark dropped, UTF-16 with a byte-order mark converted. A truncated gzip file, a NUL byte
// and a byte that is not UTF-8 become the reader's error, the latter two with byte offset and line.
func OpenText(path string) (io.ReadCloser, error) { return Limits{}.OpenText(path) }

// OpenText is OpenText with other limits than the defaults.
func (l Limits) OpenText(path string) (io.ReadCloser, error) { return openStream(path, l) }

func openStream(path string, l Limits) (*stream, error) {
	if path == "-" {
		return newStream(os.Stdin, io.NopCloser(nil), l)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, plain(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("read %s: it is a folder", path)
	}
	s, err := newStream(f, f, l)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// plain drops the "open PATH" of a path error, as our messages name the path already.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func newStream(r io.Reader, closer io.Closer, l Limits) (*stream, error) {
	raw := bufio.NewReaderSize(r, headSize)
	if magic, _ := raw.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := newGzipReader(raw, l)
		if err != nil {
			return nil, err
		}
		raw = bufio.NewReaderSize(unpacked, headSize)
	}
	if err := refuseBinary(raw); err != nil {
		return nil, err
	}
	return &stream{bufio.NewReaderSize(decode(raw), headSize), closer}, nil
}

// decode drops or obeys a byte-order mark and checks what follows.
func decode(raw *bufio.Reader) io.Reader {
	mark, _ := raw.Peek(3)
	switch {
	case bytes.Equal(mark, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = raw.Discard(3)
		return &textChecker{r: raw, offset: 3}
	case bytes.HasPrefix(mark, []byte{0xFF, 0xFE}), bytes.HasPrefix(mark, []byte{0xFE, 0xFF}):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		return &textChecker{r: transform.NewReader(raw, utf16.NewDecoder())}
	}
	return &textChecker{r: raw}
}

// textChecker passes text through and fails at the first byte that is no text. It holds back a code point that
// is not complete yet.
type textChecker struct {
	r      io.Reader
	buf    []byte // read, not checked
	ready  []byte // checked, not delivered; a prefix of buf's array
	chunk  [32 << 10]byte
	offset int64 // bytes of the file before ready's end
	lines  int64 // line feeds before ready's end
	err    error
}

func (c *textChecker) Read(p []byte) (int, error) {
	for len(c.ready) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// fill reads a chunk and checks all of it but an incomplete last code point.
func (c *textChecker) fill() {
	kept := copy(c.chunk[:], c.buf)
	n, err := c.r.Read(c.chunk[kept:])
	data := c.chunk[:kept+n]
	whole := len(data)
	if err == nil {
		whole = completePrefix(data)
	}
	good, what := firstBad(data[:whole])
	c.ready, c.buf = data[:good], data[whole:]
	c.offset += int64(good)
	c.lines += int64(bytes.Count(c.ready, []byte{'\n'}))
	c.err = err
	if what != "" {
		c.err = fmt.Errorf("line %d: byte %d: %s", c.lines+1, c.offset, what)
	}
}

// completePrefix is the length of data without a code point that may still be incomplete at its end.
func completePrefix(data []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(data); back++ {
		i := len(data) - back
		if utf8.RuneStart(data[i]) {
			if utf8.FullRune(data[i:]) {
				return len(data)
			}
			return i
		}
	}
	return len(data)
}

// firstBad gives the offset of the first NUL or invalid byte, or the length of data when there is none.
func firstBad(data []byte) (offset int, what string) {
	offset = len(data)
	if bad, _, ok := ValidUTF8(data); !ok {
		offset, what = bad, "not UTF-8; convert the file, for example with iconv"
	}
	if i := bytes.IndexByte(data[:offset], 0); i >= 0 {
		offset, what = i, "a NUL byte: binary data, not text"
	}
	return offset, what
}
