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

// wholeFrom joins a line that ends in a backslash with those that it goes on in.
func (l *lineReader) wholeFrom(line string) (string, error) {
	if !goesOn(line) {
		return line, nil
	}
	number := l.number
	var whole strings.Builder
	for goesOn(line) {
		whole.WriteString(line[:len(line)-1])
		if whole.Len() > l.limits.Bytes() {
			return "", at(number, l.limits.TooLarge("the line, with those that go on with it,"))
		}
		more, err := l.next()
		if errors.Is(err, io.EOF) {
			whole.WriteString(`\`)
			return whole.String(), nil
		}
		if err != nil {
			return "", err
		}
		line = more
	}
	whole.WriteString(line)
	return whole.String(), nil
}

func goesOn(line string) bool { return strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`) }
