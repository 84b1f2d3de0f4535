package standoff

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// MetaPassages is the Meta key of a document's passages, as FormatPassages writes them.
const MetaPassages = "passages"

// Passage is a titled part of a document, in bytes of its text.
type Passage struct {
	Type string // "title", "abstract", …
	corpora.Fragment
}

// FormatPassages writes passages as "title:0-88 abstract:89-1200", in code points of text; types are escaped
// as in URLs.
func FormatPassages(text string, passages []Passage) string {
	mapper := corpora.NewMapper(text)
	parts := make([]string, len(passages))
	for i, p := range passages {
		parts[i] = fmt.Sprintf("%s:%d-%d", url.QueryEscape(p.Type), mapper.CodePoints(p.Start), mapper.CodePoints(p.End))
	}
	return strings.Join(parts, " ")
}

// Passages reads doc's passages. ok is false when it states none, or when they do not cover its text in order
// with nothing but line ends between them: the text may have been changed since.
func Passages(doc corpora.Document) (passages []Passage, ok bool) {
	mapper := corpora.NewMapper(doc.Text)
	end := 0
	for part := range strings.FieldsSeq(doc.Meta[MetaPassages]) {
		p, err := parsePassage(part, mapper)
		if err != nil || p.Start < end || p.End < p.Start || !onlyNewlines(doc.Text[end:p.Start]) {
			return nil, false
		}
		passages = append(passages, p)
		end = p.End
	}
	return passages, len(passages) > 0 && end == len(doc.Text)
}

func parsePassage(s string, mapper *corpora.Mapper) (Passage, error) {
	kind, span, _ := strings.Cut(s, ":")
	from, to, _ := strings.Cut(span, "-")
	kind, errKind := url.QueryUnescape(kind)
	start, errStart := strconv.Atoi(from)
	end, errEnd := strconv.Atoi(to)
	startByte, okStart := mapper.Bytes(start)
	endByte, okEnd := mapper.Bytes(end)
	err := cmp.Or(errKind, errStart, errEnd)
	if err == nil && (!okStart || !okEnd) {
		err = errOutside
	}
	return Passage{kind, corpora.Fragment{Start: startByte, End: endByte}}, err
}

func onlyNewlines(s string) bool { return strings.Trim(s, "\n") == "" }

// PassageAt is the index of the passage that holds byte b, or the last one before it.
func PassageAt(passages []Passage, b int) int {
	after, _ := slices.BinarySearchFunc(passages, b, func(p Passage, b int) int {
		if p.Start > b {
			return 1
		}
		return -1
	})
	return max(after-1, 0)
}
