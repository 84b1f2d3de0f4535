package plain

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
)

const lostMeta = "metadata of documents"

// writer writes each document as a line "# id", its text with marks, and a blank line.
type writer struct {
	w      *bufio.Writer
	colour bool
	styles map[string]string // of labels, in the order they come
	lost   corpora.Loss
}

func newWriter(w io.Writer, o corpora.WriteOptions) corpora.Writer {
	return &writer{w: bufio.NewWriter(w), colour: o.Colour, styles: map[string]string{}, lost: corpora.Loss{}}
}

func (w *writer) Lost() corpora.Loss { return w.lost }

func (w *writer) Close() error { return w.w.Flush() }

func (w *writer) Write(doc corpora.Document) error {
	if len(doc.Meta) > 0 {
		w.lost.Add(lostMeta, 1)
	}
	w.put(w.style(dim) + "# " + visible(strings.ReplaceAll(doc.ID, "\n", " ")) + w.style(reset) + "\n")
	if doc.Err != nil {
		w.put(w.style(red) + "error: " + visible(doc.Err.Code+": "+doc.Err.Message) + w.style(reset) + "\n\n")
		return w.w.Flush()
	}
	w.text(doc)
	if !strings.HasSuffix(doc.Text, "\n") {
		w.put("\n")
	}
	w.put("\n")
	return w.w.Flush()
}

func (w *writer) put(s string) { _, _ = w.w.WriteString(s) }

// text writes the text with its marks opened and closed.
func (w *writer) text(doc corpora.Document) {
	var open []mark
	at := 0
	upTo := func(end int) {
		w.put(visible(doc.Text[at:end]))
		at = end
	}
	closeUntil := func(start int) {
		for len(open) > 0 && open[len(open)-1].end <= start {
			m := open[len(open)-1]
			open = open[:len(open)-1]
			upTo(m.end)
			w.close(m, open)
		}
	}
	for _, m := range marksOf(doc.Entities) {
		closeUntil(m.start)
		upTo(m.start)
		w.open(m)
		open = append(open, m)
	}
	closeUntil(len(doc.Text))
	upTo(len(doc.Text))
}

func (w *writer) open(m mark) {
	if w.colour {
		w.put(w.styleOf(m.entity.Label))
		return
	}
	w.put("[")
	if m.resumed {
		w.put("…")
	}
}

// close ends a mark with what is known of its entity; the style of the mark around goes on.
func (w *writer) close(m mark, around []mark) {
	if !w.colour {
		if m.cut {
			w.put("…")
		}
		w.put("|" + caption(m) + "]")
		return
	}
	if !m.cut {
		w.put(bold + " " + caption(m) + " ")
	}
	w.put(reset)
	if len(around) > 0 {
		w.put(w.styleOf(around[len(around)-1].entity.Label))
	}
}

// caption is "Disease DOID:1485 .91", or "Disease+1" for each fragment of the first discontinuous entity.
func caption(m mark) string {
	s := m.entity.Label
	if m.group > 0 {
		s += "+" + strconv.Itoa(m.group)
	}
	if len(m.entity.Concepts) > 0 {
		s += " " + m.entity.Concepts[0]
	}
	if m.entity.Score > 0 {
		s += " " + strings.TrimPrefix(fmt.Sprintf("%.2f", m.entity.Score), "0")
	}
	return visible(s)
}

// ANSI styles. Labels take the colours in turn, black on a light ground.
const (
	reset = "\x1b[0m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
)

var grounds = []int{117, 157, 222, 218, 183, 123, 215, 252}

func (w *writer) style(s string) string {
	if w.colour {
		return s
	}
	return ""
}

func (w *writer) styleOf(label string) string {
	if _, ok := w.styles[label]; !ok {
		w.styles[label] = fmt.Sprintf("%s\x1b[30;48;5;%dm", reset, grounds[len(w.styles)%len(grounds)])
	}
	return w.styles[label]
}

// visible shows control characters as their pictures (␛), so that a text cannot steer the terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || !unicode.IsControl(r):
			return r
		case r < ' ':
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		}
		return unicode.ReplacementChar
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}
