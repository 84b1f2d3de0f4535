package pubtator

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// reader collects one document at a time.
type reader struct {
	src   corpora.Source
	units []standoff.Unit
	label string // of every mention, when the user gives one
	yield func(corpora.Document, error) bool

	id       string
	types    []string // of the text lines
	texts    []string
	mentions []standoff.Mention
	problems []standoff.Problem
	leftOut  corpora.Loss
	closed   bool // an annotation line was seen: the next text line begins a document
}

var (
	errStray   = errors.New("it is neither a text line (id|t|…) nor an annotation of the document above")
	errColumns = errors.New("an annotation has the columns id, start, end, text, label and optionally concepts")
	errOffsets = errors.New("its offsets are not numbers")
)

// line takes one line; false means stop.
func (r *reader) line(number int, line string) bool {
	if strings.TrimSpace(line) == "" {
		return r.flush()
	}
	if match := textLine.FindStringSubmatch(line); match != nil {
		return r.text(strings.TrimSpace(match[1]), match[2], line[len(match[0]):])
	}
	if err := r.annotation(number, line); err != nil {
		r.problems = append(r.problems, standoff.Problem{Line: number, Err: err})
	}
	return true
}

func (r *reader) text(id, kind, text string) bool {
	if len(r.texts) > 0 && (r.closed || id != r.id) && !r.flush() {
		return false
	}
	r.id = id
	r.types = append(r.types, kind)
	r.texts = append(r.texts, text)
	return true
}

// annotation takes "id start end surface label [concepts [parts]]" and "id relation concept concept …",
// separated by tabs; the second column tells them apart.
func (r *reader) annotation(number int, line string) error {
	columns := strings.Split(line, "\t")
	if len(columns) < 2 || len(r.texts) == 0 || strings.TrimSpace(columns[0]) != r.id {
		return errStray
	}
	r.closed = true
	if !startsNumber(columns[1]) {
		r.leftOut.Add("relations", 1)
		return nil
	}
	if len(columns) < 4 {
		return errColumns
	}
	span, err := parseSpan(columns[1], columns[2])
	if err != nil {
		return err
	}
	m := standoff.Mention{Line: number, Spans: []standoff.Span{span}, Surface: columns[3], Label: r.label}
	if m.Label == "" && len(columns) > 4 {
		m.Label = strings.TrimSpace(columns[4])
	}
	if len(columns) > 5 {
		m.Concepts = standoff.Concepts(columns[5])
	}
	if len(columns) > 6 && strings.TrimSpace(columns[6]) != "" {
		r.leftOut.Add("names of composite mentions' parts", 1)
	}
	r.mentions = append(r.mentions, m)
	return nil
}

func startsNumber(s string) bool {
	s = strings.TrimPrefix(strings.TrimSpace(s), "-")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

func parseSpan(start, end string) (standoff.Span, error) {
	from, errStart := strconv.Atoi(strings.TrimSpace(start))
	to, errEnd := strconv.Atoi(strings.TrimSpace(end))
	if errStart != nil || errEnd != nil {
		return standoff.Span{}, errOffsets
	}
	return standoff.Span{Start: from, End: to}, nil
}

// flush yields the collected document, if any, and begins anew; false means stop.
func (r *reader) flush() bool {
	if len(r.texts) == 0 {
		return r.strays()
	}
	text, passages := r.join()
	doc := corpora.Document{ID: r.id, Text: text}
	standoff.SetMeta(&doc, standoff.MetaPassages, standoff.FormatPassages(text, passages))
	placed := standoff.Place(text, r.mentions, r.units)
	standoff.Annotate(&doc, placed, r.leftOut)
	problems := slices.Concat(r.problems, placed.Problems)
	r.reset()
	return standoff.Yield(r.src, doc, problems, r.yield)
}

// strays reports lines that stand before any text line: they concern no document.
func (r *reader) strays() bool {
	problems := r.problems
	r.reset()
	for _, p := range problems {
		bad := &corpora.BadDocument{Path: r.src.Name, Line: p.Line, Err: p.Err}
		if !r.yield(corpora.Document{}, bad) {
			return false
		}
	}
	return true
}

func (r *reader) reset() {
	r.id, r.closed = "", false
	r.types, r.texts, r.mentions, r.problems = nil, nil, nil, nil
	r.leftOut = corpora.Loss{}
}

// passageTypes are the letters of text lines with what other formats call them.
var passageTypes = map[string]string{"t": "title", "a": "abstract"}

// join makes the text, passages parted by a line feed. An empty last passage adds nothing: no offset follows it.
func (r *reader) join() (string, []standoff.Passage) {
	var b strings.Builder
	var passages []standoff.Passage
	for i, text := range r.texts {
		last := i == len(r.texts)-1
		if i > 0 && (text != "" || !last) {
			b.WriteByte('\n')
		}
		kind, known := passageTypes[r.types[i]]
		if !known {
			kind = r.types[i]
		}
		start := b.Len()
		b.WriteString(text)
		passages = append(passages, standoff.Passage{Type: kind, Fragment: corpora.Fragment{Start: start, End: b.Len()}})
	}
	return b.String(), passages
}
