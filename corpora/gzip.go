package corpora

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// freeUnpacked is how many bytes may come out before the ratio counts: a small file may be very regular.
const freeUnpacked = 1 << 20

// gzipReader undoes gzip. It says in words that the data ends early, and refuses data that grow without measure.
type gzipReader struct {
	unpacked *gzip.Reader
	packed   *counter
	out      int64
	ratio    int64
}

// counter counts what was read of r.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func newGzipReader(raw *bufio.Reader, l Limits) (*gzipReader, error) {
	packed := &counter{r: raw}
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(packed, 4<<10)) // reads ahead little, so that what is counted was used
	if err != nil {
		return nil, fmt.Errorf("the gzip header is damaged: %w", err)
	}
	return &gzipReader{unpacked: unpacked, packed: packed, ratio: int64(l.ratio())}, nil
}

func (g *gzipReader) Read(p []byte) (int, error) {
	n, err := g.unpacked.Read(p)
	g.out += int64(n)
	switch {
	case g.out > freeUnpacked+g.ratio*g.packed.n:
		return 0, fmt.Errorf("byte %d: the gzip data unpacks to more than %d times its size, the limit that input.max_gzip_ratio sets", g.out-int64(n), g.ratio)
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("the gzip data is cut off: %w", err)
	}
	return n, fmt.Errorf("the gzip data is damaged: %w", err)
}
