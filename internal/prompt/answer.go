package prompt

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/align"
)

// Answer writes the entities of s, whose offsets are bytes of s.Text, as a model should answer. Entities with other
// labels are left out. faithful says that the answer, read and aligned to s, gives exactly these entities again. It
// cannot where a format cannot say something: inline has no discontinuous mentions (their whole extent is tagged)
// and none that cross another of the same label; lines and json cannot say which of several equal surfaces is meant.
func Answer(f align.Format, s corpora.Sentence, entities []corpora.Entity, labels *align.Labels) (answer string, faithful bool) {
	known := slices.DeleteFunc(slices.Clone(entities), func(e corpora.Entity) bool { return len(e.Fragments) == 0 || !labels.Has(e.Label) })
	slices.SortStableFunc(known, corpora.CompareEntities)
	known = slices.CompactFunc(known, func(a, b corpora.Entity) bool { return corpora.CompareEntities(a, b) == 0 })
	if f == align.Inline {
		answer = inlineAnswer(s.Text, known, labels)
		return answer, returns(f, answer, s, known, labels)
	}
	once := listAnswer(f, listed(s.Text, known, false))
	if returns(f, once, s, known, labels) {
		return once, true
	}
	each := listAnswer(f, listed(s.Text, known, true))
	if each != once && returns(f, each, s, known, labels) {
		return each, true
	}
	return once, false
}

// returns reports whether answer gives want, and nothing else, when it is aligned to s.
func returns(f align.Format, answer string, s corpora.Sentence, want []corpora.Entity, labels *align.Labels) bool {
	mentions, _ := align.Parse(f, answer, labels)
	got := align.Align(s, mentions, align.Defaults())
	return len(got.Unaligned) == 0 && slices.EqualFunc(got.Entities, want, func(a, b corpora.Entity) bool { return corpora.CompareEntities(a, b) == 0 })
}

// item is one listed mention.
type item struct{ label, text string }

// listed are the mentions in text order; equal ones once, or each.
func listed(text string, entities []corpora.Entity, each bool) []item {
	var items []item
	for _, e := range entities {
		i := item{e.Label, surface(text, e)}
		if each || !slices.Contains(items, i) {
			items = append(items, i)
		}
	}
	return items
}

func surface(text string, e corpora.Entity) string {
	parts := make([]string, len(e.Fragments))
	for i, f := range e.Fragments {
		parts[i] = line(text[f.Start:f.End])
	}
	return strings.Join(parts, align.Gap)
}

func listAnswer(f align.Format, items []item) string {
	if f == align.JSON {
		return jsonAnswer(items)
	}
	if len(items) == 0 {
		return align.NoEntity
	}
	lines := make([]string, len(items))
	for i, it := range items {
		lines[i] = it.label + ": " + it.text
	}
	return strings.Join(lines, "\n")
}

// jsonAnswer is compact, with the labels in the order of their first mention.
func jsonAnswer(items []item) string {
	var labels []string
	texts := map[string][]string{}
	for _, it := range items {
		if !slices.Contains(labels, it.label) {
			labels = append(labels, it.label)
		}
		texts[it.label] = append(texts[it.label], it.text)
	}
	fields := make([]string, len(labels))
	for i, label := range labels {
		fields[i] = compact(label) + ":" + compact(texts[label])
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// compact encodes strings or lists of them, which cannot fail, without the escapes that HTML would need.
func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) //nolint:errcheck // strings always encode
	return strings.TrimSpace(b.String())
}

// boundary is where a tag stands.
type boundary struct {
	at      int
	closing bool
	other   int // the other end
	label   string
}

// inlineAnswer copies text with tags, outer ones outside.
func inlineAnswer(text string, entities []corpora.Entity, labels *align.Labels) string {
	var tags []boundary
	for _, e := range entities {
		tags = append(tags, boundary{e.Start(), false, e.End(), e.Label}, boundary{e.End(), true, e.Start(), e.Label})
	}
	slices.SortStableFunc(tags, compareTags)
	var b strings.Builder
	at := 0
	for _, t := range tags {
		b.WriteString(align.EscapeInline(Fence(text[at:t.at]), labels, true))
		at = t.at
		if t.closing {
			b.WriteByte('<')
			b.WriteByte('/')
		} else {
			b.WriteByte('<')
		}
		b.WriteString(t.label + ">")
	}
	b.WriteString(align.EscapeInline(Fence(text[at:]), labels, false))
	return b.String()
}

// compareTags orders by place; ends before beginnings, inner ends first, outer beginnings first.
func compareTags(a, b boundary) int {
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	if a.closing != b.closing {
		if a.closing {
			return -1
		}
		return 1
	}
	c := cmp.Or(cmp.Compare(b.other, a.other), cmp.Compare(a.label, b.label))
	if a.closing && b.other == a.other {
		return -c
	}
	return c
}
