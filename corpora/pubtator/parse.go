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
	held     int  // bytes of the document's lines
	refused  int  // the line at which it became too large, 0 while it is not
}

var (
	errStray   = errors.New("it is neither a text line (id|t|…) nor an annotation of the document above")
	errColumns = errors.New("an annotation has the columns id, start, end, text, label and optionally concepts")
	errOffsets = errors.New("its offsets are not numbers")
)

// line takes one line; of a long one only its beginning is known. False means stop.
func (r *reader) line(number int, line string, long bool) bool {
	if strings.TrimSpace(line) == "" {
		return r.flush()
	}
	if match := textLine.FindStringSubmatch(line); match != nil {
		more := r.text(strings.TrimSpace(match[1]), match[2], line[len(match[0]):])
		r.hold(number, len(line), long)
		return more
	}
	if len(r.texts) == 0 {
		return r.stray(number, long)
	}
	if r.hold(number, len(line), long); r.refused > 0 {
		return true
	}
	if err := r.annotation(number, line); err != nil {
		r.problems = append(r.problems, standoff.Problem{Line: number, Err: err})
	}
	return true
}

// hold counts a line's bytes. Of a document that is too large nothing is kept but its id.
func (r *reader) hold(number, size int, long bool) {
	r.held += size
	if r.refused == 0 && (long || r.held > r.src.Spec.Limits.Bytes()) {
		r.refused = number
	}
	if r.refused > 0 {
		r.mentions, r.problems = nil, nil
		for i := range r.texts {
			r.texts[i] = ""
		}
	}
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
	if len(columns) < 2 || strings.TrimSpace(columns[0]) != r.id {
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
		return true
	}
	if r.refused > 0 {
		bad := &corpora.BadDocument{Path: r.src.Name, Line: r.refused, ID: r.id, Err: r.src.Spec.Limits.TooLarge("the document")}
		r.reset()
		return r.yield(corpora.Document{}, bad)
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

// stray reports a line that stands before any text line: it concerns no document.
func (r *reader) stray(number int, long bool) bool {
	err := errStray
	if long {
		err = r.src.Spec.Limits.TooLarge("the line")
	}
	return r.yield(corpora.Document{}, &corpora.BadDocument{Path: r.src.Name, Line: number, Err: err})
}

func (r *reader) reset() {
	r.id, r.closed, r.held, r.refused = "", false, 0, 0
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
