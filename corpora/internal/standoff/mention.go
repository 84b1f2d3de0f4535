package standoff

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ragner/ragner/corpora"
)

// Span is a stated stretch of text, half-open, in the file's unit.
type Span struct{ Start, End int }

// Mention is an annotation as a file states it.
type Mention struct {
	Line     int // in the file, from 1; 0 when unknown
	ID       string
	Label    string
	Spans    []Span // in the file's order
	Surface  string // as the file has it; "" when it states none
	Concepts []string

	// Of a prediction, as a Document's entity has them.
	Score  float64
	Status corpora.Status
	From   corpora.Provenance
	Links  []corpora.Link
}

var (
	errOutside  = errors.New("its offsets lie outside the text")
	errEmpty    = errors.New("it covers no text")
	errSurface  = errors.New("its surface differs from the text at its offsets")
	errNoLabel  = errors.New("it has no label; give one with ,label=NAME")
	errBadLabel = errors.New("its label has control characters")
)

// Entity places m in the text, or says why it cannot: offsets outside the text, or a stated surface that
// differs from the text in more than white space and quoting. Fragments that overlap are joined.
func (r Ruler) Entity(m Mention) (corpora.Entity, error) {
	switch {
	case m.Label == "":
		return corpora.Entity{}, errNoLabel
	case strings.ContainsFunc(m.Label, unicode.IsControl):
		return corpora.Entity{}, errBadLabel
	}
	stated, err := r.fragments(m.Spans)
	if err != nil {
		return corpora.Entity{}, err
	}
	e := corpora.Entity{ID: m.ID, Label: m.Label, Fragments: stated, Concepts: m.Concepts, Score: m.Score, Status: m.Status, From: m.From, Links: m.Links}
	covered := e.Surface(r.Text)
	e.Fragments = inOrder(stated)
	if m.Surface != "" && !SameSurface(m.Surface, covered) && !SameSurface(m.Surface, e.Surface(r.Text)) {
		return corpora.Entity{}, errSurface
	}
	return e, nil
}

func (r Ruler) fragments(spans []Span) ([]corpora.Fragment, error) {
	fragments := make([]corpora.Fragment, len(spans))
	for i, s := range spans {
		start, okStart := r.Bytes(s.Start)
		end, okEnd := r.Bytes(s.End)
		switch {
		case !okStart || !okEnd:
			return nil, fmt.Errorf("%w: %d to %d of %d (%s)", errOutside, s.Start, s.End, r.Len(), r.unit)
		case start >= end:
			return nil, errEmpty
		}
		fragments[i] = corpora.Fragment{Start: start, End: end}
	}
	if len(fragments) == 0 {
		return nil, errEmpty
	}
	return fragments, nil
}

// inOrder gives the fragments in text order, those that overlap joined.
func inOrder(stated []corpora.Fragment) []corpora.Fragment {
	sorted := slices.SortedFunc(slices.Values(stated), func(a, b corpora.Fragment) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	joined := sorted[:1]
	for _, f := range sorted[1:] {
		last := &joined[len(joined)-1]
		if f.Start < last.End {
			last.End = max(last.End, f.End)
			continue
		}
		joined = append(joined, f)
	}
	return joined
}

// SameSurface reports whether a stated surface is the covered text but for white space, invisible format
// characters and the quoting that spreadsheets add.
func SameSurface(stated, covered string) bool {
	stated, covered = squeeze(stated), squeeze(covered)
	return stated == covered || unquote(stated) == covered
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return strings.ReplaceAll(s, `""`, `"`)
}
