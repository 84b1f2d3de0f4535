package ontology

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the length in bytes past which a line is refused: no term has one as long.
const maxLine = 16 << 20

// lineReader gives lines without their ends and counts them.
type lineReader struct {
	r      *bufio.Reader
	number int // of the line given last, from 1
}

// next gives the next line; io.EOF after the last.
func (l *lineReader) next() (string, error) {
	var line []byte
	l.number++
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return "", at(l.number, fmt.Errorf("a line longer than %d MiB", maxLine>>20))
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		return "", err
	}
}
