package ontology

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// lineReader gives lines without their ends and counts them.
type lineReader struct {
	r      *bufio.Reader
	number int // of the line given last, from 1
	limits corpora.Limits
}

// next gives the next line; io.EOF after the last.
func (l *lineReader) next() (string, error) {
	l.number++
	line, long, err := bounded.Line(l.r, l.limits.Bytes())
	switch {
	case long:
		return "", at(l.number, l.limits.TooLarge("the line"))
	case errors.Is(err, io.EOF) && line != "", err == nil:
		return strings.TrimRight(line, "\r\n"), nil
	}
	return "", err
}
