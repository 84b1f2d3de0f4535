package corpora

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Schemes are the tag schemes that EncodeTags writes, the default first. DecodeTags reads them all.
var Schemes = []string{"iob2", "iob1", "iobes", "bilou"}

// EncodeTags gives a tag for each of n tokens. spans are those of Flatten: ordered and not overlapping.
// In iob1 an entity begins with B- only right after another of the same label.
func EncodeTags(n int, spans []TokenSpan, scheme string) ([]string, error) {
	if scheme == "" {
		scheme = Schemes[0]
	}
	if !slices.Contains(Schemes, scheme) {
		return nil, fmt.Errorf("tag scheme %q: want one of %s", scheme, strings.Join(Schemes, ", "))
	}
	tags := make([]string, n)
	for i := range tags {
		tags[i] = "O"
	}
	end, label := -1, ""
	for _, span := range spans {
		for i := span.Start; i < span.End; i++ {
			adjacent := span.Start == end && span.Label == label
			tags[i] = prefix(scheme, i == span.Start, i == span.End-1, adjacent) + span.Label
		}
		end, label = span.End, span.Label
	}
	return tags, nil
}

func prefix(scheme string, first, last, adjacent bool) string {
	switch {
	case scheme == "iob1" && (!first || !adjacent):
		return "I-"
	case scheme == "iob1", scheme == "iob2" && first:
		return "B-"
	case scheme == "iob2":
		return "I-"
	case first && last:
		return map[string]string{"iobes": "S-", "bilou": "U-"}[scheme]
	case first:
		return "B-"
	case last:
		return map[string]string{"iobes": "E-", "bilou": "L-"}[scheme]
	}
	return "I-"
}

// DecodeTags gives the entities that tags state, as conlleval and seqeval (in its default mode) find them. The
// one rule fits all schemes: an entity begins at B, S or U; at I, E or L after O, after the end of another, or
// after another label (a stray I- so begins one); it ends at E, L, S or U, before O, before a new beginning and
// where the label changes. A tag without a label gets fallback. An unknown tag is an error that names its
// position, from 0.
func DecodeTags(tags []string, fallback string) ([]TokenSpan, error) {
	var spans []TokenSpan
	open := false
	for i, tag := range tags {
		kind, label, err := ParseTag(tag)
		if err != nil {
			return nil, fmt.Errorf("token %d: %w", i, err)
		}
		if kind == 'O' {
			open = false
			continue
		}
		if label == "" {
			label = fallback
		}
		last := len(spans) - 1
		if open && kind != 'B' && kind != 'S' && spans[last].Label == label {
			spans[last].End = i + 1
		} else {
			spans = append(spans, TokenSpan{i, i + 1, label, -1})
		}
		open = kind == 'B' || kind == 'I'
	}
	return spans, nil
}

// ParseTag splits "B-Disease" into its kind, one of B, I, E, S and O, and its label; L and M count as E and I, U and
// W as S. "B_Disease" is taken too; a bare "B" has no label. The error does not quote the tag.
func ParseTag(tag string) (kind byte, label string, err error) {
	if tag == "O" || tag == "o" {
		return 'O', "", nil
	}
	if tag == "" {
		return 0, "", fmt.Errorf("the tag is empty")
	}
	if len(tag) > 1 && tag[1] != '-' && tag[1] != '_' {
		return 0, "", fmt.Errorf("the tag is no IOB tag")
	}
	if len(tag) > 2 {
		label = tag[2:]
	} else if len(tag) == 2 {
		return 0, "", fmt.Errorf("the tag has no label after its dash")
	}
	if strings.ContainsFunc(label, unicode.IsControl) {
		return 0, "", fmt.Errorf("the tag's label has control characters")
	}
	switch tag[0] {
	case 'B', 'I', 'E', 'S':
		return tag[0], label, nil
	case 'L':
		return 'E', label, nil
	case 'M':
		return 'I', label, nil
	case 'U', 'W':
		return 'S', label, nil
	}
	return 0, "", fmt.Errorf("the tag is no IOB tag")
}
