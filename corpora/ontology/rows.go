package ontology

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/bounded"
)

// rows gives a table's rows, each with its line.
type rows interface {
	next() (row []string, line int, err error)
}

// tsvRows splits at tabs. A cell in quotation marks is unquoted; one that only begins with such a mark is left as
// it is, for in TSV it is text ("5\" nail"), and no cell goes over a line's end.
type tsvRows struct{ lines *lineReader }

func (r tsvRows) next() ([]string, int, error) {
	for {
		line, err := r.lines.next()
		if err != nil {
			return nil, r.lines.number, err
		}
		if strings.TrimSpace(line) != "" {
			return tsvCells(line), r.lines.number, nil
		}
	}
}

func tsvCells(line string) []string {
	cells := strings.Split(line, "\t")
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if n := len(cell); n > 1 && cell[0] == '"' && cell[n-1] == '"' {
			cell = strings.ReplaceAll(cell[1:n-1], `""`, `"`)
		}
		cells[i] = cell
	}
	return cells
}

// csvRows reads RFC 4180 with a comma or semicolon.
type csvRows struct {
	r     *csv.Reader
	base  int // lines before the reader's first
	meter *bounded.Meter
}

func newCSV(r io.Reader, comma rune, base int, l corpora.Limits) csvRows {
	m := &bounded.Meter{R: r, Most: l.Bytes(), Large: l.TooLarge("the row")}
	c := csv.NewReader(m)
	c.Comma, c.FieldsPerRecord, c.TrimLeadingSpace = comma, -1, true
	return csvRows{c, base, m}
}

func (r csvRows) next() ([]string, int, error) {
	r.meter.Reset()
	began := r.meter.Lines
	row, err := r.r.Read()
	var bad *csv.ParseError
	switch {
	case r.meter.Full():
		return nil, 0, at(began+r.base+1, r.meter.Large)
	case errors.As(err, &bad) && errors.Is(err, csv.ErrBareQuote):
		return nil, 0, at(bad.Line+r.base, errors.New("a quotation mark inside a cell without quotation marks: quote the cell and double the mark"))
	case errors.As(err, &bad):
		return nil, 0, at(bad.StartLine+r.base, fmt.Errorf("a quoted cell begins here and is not closed properly: %w", bad.Err))
	case err != nil:
		return nil, 0, err
	}
	line, _ := r.r.FieldPos(0)
	return row, line + r.base, nil
}

// pushedLines gives lines that were looked at before, then the rest of r.
func pushedLines(looked []string, r *lineReader) io.Reader {
	head := strings.Join(looked, "\n")
	if head != "" {
		head += "\n"
	}
	return io.MultiReader(strings.NewReader(head), r.r)
}
