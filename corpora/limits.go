package corpora

import "fmt"

// Limits keep input that is damaged, or made to do harm, from filling the memory. A field that is 0 has its default,
// so the zero value is ready to use.
type Limits struct {
	DocumentMB int // most MiB of one document, and of one line or record of a file
	Depth      int // most levels of nested elements, objects and arrays
	Ratio      int // most bytes that one byte of gzip data becomes, over a file
}

// The defaults. Text deflates to a third, tables and tag sequences to a tenth; 1032 is the most that gzip can do.
const (
	DefaultDocumentMB = 16
	DefaultDepth      = 200
	DefaultRatio      = 250
)

// Bytes is the most that a document, line or record may have.
func (l Limits) Bytes() int { return or(l.DocumentMB, DefaultDocumentMB) << 20 }

// Levels is how deep elements, objects and arrays may be nested.
func (l Limits) Levels() int { return or(l.Depth, DefaultDepth) }

// TooLarge is the error of what has more than Bytes; what is such as "the document".
func (l Limits) TooLarge(what string) error {
	return fmt.Errorf("%s is larger than %d MiB, the limit that input.max_document_mb sets", what, l.Bytes()>>20)
}

// TooDeep is the error of what is nested more than Levels deep.
func (l Limits) TooDeep() error {
	return fmt.Errorf("it is nested more than %d deep, the limit that input.max_depth sets", l.Levels())
}

func (l Limits) ratio() int { return or(l.Ratio, DefaultRatio) }

func or(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}
