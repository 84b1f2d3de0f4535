package jsonl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// The units of offsets that the option unit= names.
const (
	unitCodePoint = "codepoint"
	unitUTF16     = "utf16"
	unitByte      = "byte"
)

// span is an annotation as a file states it, in the file's unit.
type span struct {
	id        string
	label     string
	fragments [][2]int
	surface   *string // the covered text as the file states it; nil: not stated
	concepts  []string
	score     float64
	status    corpora.Status
	from      corpora.Provenance
	links     []corpora.Link
}

// converter turns spans into entities of one text.
type converter struct {
	text  string
	m     *corpora.Mapper
	unit  string
	label string // the option label=, for spans that may lack one

	ignore bool // annotations
}

func newConverter(text string, o options, unit string) converter {
	if o.unit != "" {
		unit = o.unit
	}
	return converter{text, corpora.NewMapper(text), unit, o.label, o.ignore}
}

// entities converts all spans, ordered. An error names the offending span by its place, from 1.
func (c converter) entities(spans []span) ([]corpora.Entity, error) {
	if c.ignore {
		return nil, nil
	}
	var out []corpora.Entity
	for i, s := range spans {
		e, err := c.entity(s)
		if errors.Is(err, errOffsets) {
			err = fmt.Errorf("%w%s", err, c.advice(spans))
		}
		if err != nil {
			return nil, fmt.Errorf("entity %d: %w", i+1, err)
		}
		out = append(out, e)
	}
	return sorted(out), nil
}

// errOffsets marks offsets that may count in another unit.
var errOffsets = errors.New("its offsets do not fit")

func (c converter) entity(s span) (corpora.Entity, error) {
	e := corpora.Entity{ID: s.id, Label: s.label, Concepts: s.concepts, Score: s.score, Status: s.status, From: s.from, Links: s.links}
	if c.label != "" {
		e.Label = c.label
	}
	if e.Label == "" {
		return e, errors.New("it has no label (label= gives one to all)")
	}
	for _, f := range s.fragments {
		start, ok1 := c.offset(f[0])
		end, ok2 := c.offset(f[1])
		if !ok1 || !ok2 || start >= end {
			return e, fmt.Errorf("%w: %d to %d is empty or not inside the text of %d code points", errOffsets, f[0], f[1], c.m.Len())
		}
		if n := len(e.Fragments); n > 0 && start < e.Fragments[n-1].End {
			return e, errors.New("its fragments overlap or are out of order")
		}
		e.Fragments = append(e.Fragments, corpora.Fragment{Start: start, End: end})
	}
	if len(e.Fragments) == 0 {
		return e, errors.New("it has no offsets")
	}
	if s.surface != nil && !sameText(*s.surface, e.Surface(c.text)) {
		return e, fmt.Errorf("%w: at %d to %d the text is not the one stated with it", errOffsets, s.fragments[0][0], s.fragments[len(s.fragments)-1][1])
	}
	return e, nil
}

func (c converter) offset(n int) (int, bool) {
	switch c.unit {
	case unitUTF16:
		return c.m.BytesFromUTF16(n)
	case unitByte:
		return n, n >= 0 && n <= len(c.text) && c.m.CodePoints(n) == c.codePointsAbove(n)
	}
	return c.m.Bytes(n)
}

// codePointsAbove is the code point that begins at or after byte n: equal to the mapper's own answer, unless n
// is inside a code point.
func (c converter) codePointsAbove(n int) int {
	cp := c.m.CodePoints(n)
	if at, _ := c.m.Bytes(cp); at < n {
		return cp + 1
	}
	return cp
}

// advice names the units in which every span of the document would fit.
func (c converter) advice(spans []span) string {
	var fits []string
	for _, unit := range []string{unitCodePoint, unitUTF16, unitByte} {
		if unit != c.unit && (converter{c.text, c.m, unit, c.label, false}).fit(spans) {
			fits = append(fits, unit)
		}
	}
	names := map[string]string{unitCodePoint: "code points", unitUTF16: "UTF-16 units", unitByte: "bytes"}
	if len(fits) == 0 {
		return fmt.Sprintf(" (counted in %s; no other unit fits either)", names[c.unit])
	}
	return fmt.Sprintf(" (offsets look like %s: pass unit=%s)", names[fits[0]], fits[0])
}

func (c converter) fit(spans []span) bool {
	for _, s := range spans {
		if _, err := c.entity(s); err != nil {
			return false
		}
	}
	return true
}

// sameText compares a stated surface with the text's own, white space aside, which tools rewrite.
func sameText(stated, own string) bool {
	if stated == own {
		return true
	}
	squeeze := func(s string) string {
		return strings.Join(strings.FieldsFunc(strings.ReplaceAll(s, `\n`, "\n"), corpora.IsSpace), "")
	}
	return squeeze(stated) == squeeze(own)
}

// parseSpans reads a list of [start, end, label] or of objects, in the spellings that tools use; an object of
// lists is spaCy's span groups.
func parseSpans(raw json.RawMessage) ([]span, error) {
	switch kind(raw) {
	case 0, 'n':
		return nil, nil
	case '{':
		return parseGroups(raw)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, errors.New("annotations are not an array")
	}
	var spans []span
	for i, item := range list {
		s, err := parseSpan(item)
		if err != nil {
			return nil, fmt.Errorf("entity %d: %w", i+1, err)
		}
		spans = append(spans, s)
	}
	return spans, nil
}

// parseGroups joins span groups in the order of their names.
func parseGroups(raw json.RawMessage) ([]span, error) {
	var groups map[string]json.RawMessage
	if err := json.Unmarshal(raw, &groups); err != nil {
		return nil, syntax(err)
	}
	var all []span
	for _, name := range sortedKeys(groups) {
		spans, err := parseSpans(groups[name])
		if err != nil {
			return nil, fmt.Errorf("span group %q: %w", name, err)
		}
		all = append(all, spans...)
	}
	return all, nil
}

func parseSpan(raw json.RawMessage) (span, error) {
	switch kind(raw) {
	case '[':
		return parseTriple(raw)
	case '{':
		return parseSpanObject(raw)
	case '"':
		return span{}, errors.New("a class of the whole text, not a span; this is a text classification export")
	}
	return span{}, errors.New("neither [start, end, label] nor an object")
}

func parseTriple(raw json.RawMessage) (span, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) < 3 {
		return span{}, errors.New("not [start, end, label]")
	}
	s := span{fragments: make([][2]int, 1)}
	for i := range 2 {
		if err := json.Unmarshal(parts[i], &s.fragments[0][i]); err != nil {
			return span{}, errors.New("start and end must be whole numbers")
		}
	}
	label, ok := scalar(parts[2])
	if !ok {
		return span{}, errors.New("the label must be text")
	}
	s.label = label
	if len(parts) > 3 {
		s.concepts = conceptOf(parts[3])
	}
	return s, nil
}

// spanObject holds the spellings of spaCy, Prodigy, Doccano and of our own entities.
type spanObject struct {
	ID          json.RawMessage `json:"id"`
	Start       *int            `json:"start"`
	StartOffset *int            `json:"start_offset"`
	End         *int            `json:"end"`
	EndOffset   *int            `json:"end_offset"`
	Label       string          `json:"label"`
	EntityType  string          `json:"entity_type"`
	Type        string          `json:"type"`
	Text        *string         `json:"text"`
	Fragments   [][2]int        `json:"fragments"`
	KBID        json.RawMessage `json:"kb_id"`
	Concepts    []string        `json:"concepts"`
	Score       float64         `json:"score"`
	Status      corpora.Status  `json:"status"`
	From        wireFrom        `json:"from"`
	Links       []corpora.Link  `json:"links"`
}

func parseSpanObject(raw json.RawMessage) (span, error) {
	var o spanObject
	if err := json.Unmarshal(raw, &o); err != nil {
		return span{}, syntax(err)
	}
	s := span{
		label: first(o.Label, o.EntityType, o.Type), surface: o.Text, concepts: append(o.Concepts, conceptOf(o.KBID)...),
		score: o.Score, status: o.Status, fragments: o.Fragments,
		from: corpora.Provenance(o.From), links: o.Links,
	}
	s.id, _ = scalar(o.ID)
	start, end := either(o.Start, o.StartOffset), either(o.End, o.EndOffset)
	if start == nil || end == nil {
		return span{}, errors.New("it has no start and end")
	}
	if len(s.fragments) == 0 {
		s.fragments = [][2]int{{*start, *end}}
	}
	if s.fragments[0][0] != *start || s.fragments[len(s.fragments)-1][1] != *end {
		return span{}, errors.New("start and end differ from its fragments")
	}
	switch s.status {
	case "", corpora.StatusGold, corpora.StatusExact, corpora.StatusNormalized, corpora.StatusFuzzy:
	default:
		return span{}, errors.New("unknown status (known: gold, exact, normalized, fuzzy)")
	}
	return s, nil
}

// conceptOf is a knowledge base id; "" and spaCy's NIL name none.
func conceptOf(raw json.RawMessage) []string {
	id, ok := scalar(raw)
	if !ok || id == "" || id == "NIL" {
		return nil
	}
	return []string{id}
}

func first(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

func either(a, b *int) *int {
	if a != nil {
		return a
	}
	return b
}
