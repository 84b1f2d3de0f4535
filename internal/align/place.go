package align

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// group is one (label, text) with all its mentions; an inline mention is a group of its own.
type group struct {
	label, text string
	mentions    []source
	inline      bool
}

// source is a mention with its index in Align's argument.
type source struct {
	mention Mention
	index   int
}

type placed struct {
	entity corpora.Entity
	index  int
}

type unplaced struct {
	Unaligned
	index int
}

type placer struct {
	*locator
	options  Options
	out      []placed
	missing  []unplaced
	repeated int
	seen     map[string]bool    // label and fragments of what is in out
	painted  []corpora.Fragment // for each byte, the longest span placed over it
	drift    int                // how much further the sentence is than the model's copy of it
	leaky    []folded
}

// group collects the mentions by label and text, in the order of their first occurrence in the answer.
func (p *placer) group(mentions []Mention) []*group {
	var groups []*group
	byKey := map[string]*group{}
	for i, m := range mentions {
		m.Text = strings.TrimSpace(m.Text)
		if reason, bad := unusable(m); bad {
			p.missing = append(p.missing, unplaced{Unaligned{m, reason}, i})
			continue
		}
		for _, text := range p.parts(m) {
			key := m.Label + "\x00" + text
			g := byKey[key]
			if g == nil || m.Inline {
				g = &group{label: m.Label, text: text, inline: m.Inline}
				groups = append(groups, g)
				byKey[key] = g
			}
			part := m
			part.Text = text
			g.mentions = append(g.mentions, source{part, i})
		}
	}
	return groups
}

func unusable(m Mention) (Reason, bool) {
	switch {
	case m.Label == "":
		return UnknownLabel, true
	case m.Text == "":
		return Empty, true
	}
	return "", false
}

// parts splits a loose mention that does not stand in the sentence but is a list of texts that do: all of them for
// commas, one of them for semicolons, which mentions seldom have.
func (p *placer) parts(m Mention) []string {
	if m.Inline || len(m.Text) > maxMention || !strings.ContainsAny(m.Text, ";,|") || len(p.locate(m.Text, true).spans) > 0 {
		return []string{m.Text}
	}
	for _, separator := range []string{";", "|", ", "} {
		parts := splitList(m.Text, separator)
		found := 0
		for _, part := range parts {
			if len(p.locate(part, true).spans) > 0 {
				found++
			}
		}
		if len(parts) > 1 && (found == len(parts) || (found > 0 && separator != ", ")) {
			return parts
		}
	}
	return []string{m.Text}
}

func splitList(text, separator string) []string {
	var parts []string
	for part := range strings.SplitSeq(unwrap(text), separator) {
		part = strings.TrimSpace(part)
		if part != "" && !isNone(part) {
			parts = append(parts, part)
		}
	}
	return parts
}

func (p *placer) place(g *group) {
	if g.inline {
		p.placeInline(g)
		return
	}
	found := p.locate(g.text, true)
	if len(found.spans) > 0 {
		p.take(g, wrapSpans(p.chosen(g, found.spans)), found.status)
		return
	}
	if spans, status := p.fragments(g.text, len(g.mentions)); len(spans) > 0 {
		p.take(g, spans, status)
		return
	}
	if f, ok := p.last(g); ok {
		p.take(g, wrapSpans([]corpora.Fragment{f}), corpora.StatusFuzzy)
	}
}

// chosen picks the occurrences that a group's mentions mean.
func (p *placer) chosen(g *group, spans []corpora.Fragment) []corpora.Fragment {
	want := len(g.mentions)
	if want == 1 && p.options.ExpandRepeats {
		want = len(spans)
	}
	alone := slices.DeleteFunc(slices.Clone(spans), p.covered)
	switch {
	case len(g.mentions) == 1 && len(alone) > 0:
		return alone[:min(want, len(alone))]
	case len(alone) >= want:
		return alone[:want]
	}
	return spans[:min(want, len(spans))]
}

// covered reports whether f lies inside of a longer span that is already placed.
func (p *placer) covered(f corpora.Fragment) bool {
	over := p.painted[f.Start]
	return over.End-over.Start > f.End-f.Start && over.Start <= f.Start && f.End <= over.End
}

func wrapSpans(spans []corpora.Fragment) [][]corpora.Fragment {
	out := make([][]corpora.Fragment, len(spans))
	for i := range spans {
		out[i] = spans[i : i+1 : i+1]
	}
	return out
}

// take records a group's entities; mentions beyond its spans were repeated.
func (p *placer) take(g *group, spans [][]corpora.Fragment, status corpora.Status) {
	for i, fragments := range spans {
		from := g.mentions[min(i, len(g.mentions)-1)]
		p.record(g.label, fragments, status, from.index)
	}
	p.repeated += max(0, len(g.mentions)-len(spans))
}

func (p *placer) record(label string, fragments []corpora.Fragment, status corpora.Status, index int) {
	key := entityKey(label, fragments)
	if p.seen[key] {
		p.repeated++
		return
	}
	p.seen[key] = true
	p.out = append(p.out, placed{corpora.Entity{Label: label, Fragments: fragments, Status: status}, index})
	if len(fragments) > 1 {
		return
	}
	for i := fragments[0].Start; i < fragments[0].End; i++ {
		if p.painted[i].End == 0 {
			p.painted[i] = fragments[0]
		}
	}
}

func entityKey(label string, fragments []corpora.Fragment) string {
	key := []byte(label)
	for _, f := range fragments {
		key = strconv.AppendInt(append(key, 0), int64(f.Start), 10)
		key = strconv.AppendInt(append(key, '-'), int64(f.End), 10)
	}
	return string(key)
}

// finish orders everything.
func (p *placer) finish() Result {
	slices.SortStableFunc(p.out, func(a, b placed) int { return corpora.CompareEntities(a.entity, b.entity) })
	sortBy(p.missing, func(u unplaced) int { return u.index })
	r := Result{Repeated: p.repeated}
	for _, o := range p.out {
		r.Entities = append(r.Entities, o.entity)
		r.Sources = append(r.Sources, o.index)
	}
	for _, u := range p.missing {
		r.Unaligned = append(r.Unaligned, u.Unaligned)
		if u.Reason == LeakedFromDemonstration {
			r.Leaks++
		}
	}
	return r
}
