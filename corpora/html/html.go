// Package html writes documents into one self-contained web page: entities highlighted by label, the evidence of
// each on demand, a legend that filters. The page loads nothing from elsewhere and prints. It is for looking at,
// not for exchange: nothing reads it back. Importing the package registers the format as "html".
package html

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"github.com/ragner/ragner/corpora"
)

func init() {
	corpora.Register(corpora.Format{
		Name:       "html",
		Extensions: []string{".html", ".htm"},
		Read:       read,
		NewWriter:  NewWriter,
	})
}

// read refuses: the page is an end product.
func read(src corpora.Source) iter.Seq2[corpora.Document, error] {
	return func(yield func(corpora.Document, error) bool) {
		yield(corpora.Document{}, fmt.Errorf("read %s: HTML can be written only; for text in it, make it a .txt file first", src.Name))
	}
}

// writer streams: only the labels seen, with their counts, are kept until Close.
type writer struct {
	out     *bufio.Writer
	labels  *labels
	totals  totals
	started bool
	err     error
}

// totals is what the page says at its end.
type totals struct{ Documents, Entities, Failed int }

// NewWriter makes a Writer of one page. Documents appear as they are written; the legend follows at Close.
// Nothing is lost.
func NewWriter(w io.Writer, _ corpora.WriteOptions) corpora.Writer {
	return &writer{out: bufio.NewWriterSize(w, 64<<10), labels: &labels{index: map[string]int{}}}
}

// Lost is empty: the page shows all there is.
func (w *writer) Lost() corpora.Loss { return corpora.Loss{} }

// Write adds one document and sends it on. After an error the page is of no use.
func (w *writer) Write(doc corpora.Document) error {
	w.begin()
	w.totals.Documents++
	if doc.Err != nil {
		w.totals.Failed++
	}
	w.totals.Entities += len(doc.Entities)
	w.execute("document", newArticle(w.totals.Documents, doc, w.labels))
	return w.flush()
}

// Close writes the legend and ends the page.
func (w *writer) Close() error {
	w.begin()
	w.execute("foot", newLegend(w.totals, w.labels))
	return w.flush()
}

func (w *writer) begin() {
	if !w.started {
		w.started = true
		w.execute("head", newHead())
	}
}

func (w *writer) execute(name string, data any) {
	if w.err == nil {
		w.err = page.ExecuteTemplate(w.out, name, data)
	}
}

func (w *writer) flush() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}
