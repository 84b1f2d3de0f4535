// Package pubtator reads and writes PubTator text: "id|t|title" and "id|a|abstract" lines, then one line with
// tabs for each annotation. Relations and the names of a composite mention's parts are not held by a
// corpora.Document: they are counted in its Meta under "left_out". Importing the package registers the format
// as "pubtator".
package pubtator

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

func init() {
	corpora.Register(corpora.Format{
		Name:       "pubtator",
		Extensions: []string{".pubtator"},
		Detect:     detect,
		Read:       Read,
		NewWriter:  NewWriter,
	})
}

// textLine is "id|t|text"; the id is not blank, the type is a short word.
var textLine = regexp.MustCompile(`^([^|\t]*[^|\s\v\x{85}\pZ][^|\t]*)\|([A-Za-z_]{1,20})\|`)

// detect looks at the first line that is not blank.
func detect(_ string, head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \r\n"), []byte("\n"))
	match := textLine.FindSubmatch(line)
	return match != nil && (string(match[2]) == "t" || string(match[2]) == "a")
}

// Read yields the documents in order. One ends at a blank line, at a text line with another id, and at a text
// line that follows annotations; so a repeated id is a document of its own. Its text is its text lines joined by
// a line feed, which counts as one position. A line that cannot be taken is left out and reported by a
// *corpora.BadDocument after its document: no such shape, offsets outside the text, or a surface that differs
// from the text in more than white space and quoting. So is a document that the limits refuse.
func Read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		units, err := standoff.Units(src.Spec)
		if err != nil {
			yield(corpora.Document{}, fmt.Errorf("read %s: %w", src.Name, err))
			return
		}
		r := &reader{src: src, units: units, label: src.Spec.Get("label", ""), yield: yield, leftOut: corpora.Loss{}}
		lines := bufio.NewReaderSize(src.R, 64<<10)
		for number := 1; ; number++ {
			line, long, err := bounded.Line(lines, src.Spec.Limits.Bytes())
			if err != nil && !errors.Is(err, io.EOF) {
				if r.flush() {
					yield(corpora.Document{}, corpora.LineError(src.Name, number, err))
				}
				return
			}
			if errors.Is(err, io.EOF) && line == "" {
				r.flush()
				return
			}
			if !r.line(number, strings.TrimRight(line, "\r\n"), long) {
				return
			}
		}
	}
}
