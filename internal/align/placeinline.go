package align

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// placeInline places one tagged mention: where its tags say, if the text stands there; else at the free occurrence
// nearest to where the copy's drift so far lets expect it.
func (p *placer) placeInline(g *group) {
	m := g.mentions[0]
	expected := m.mention.Near + p.drift
	for _, start := range []int{m.mention.Near, expected} {
		if at, ok := p.standsAt(g.text, start); ok {
			p.record(g.label, []corpora.Fragment{at}, corpora.StatusExact, m.index)
			return
		}
	}
	found := p.locate(g.text, false)
	if len(found.spans) == 0 {
		if f, ok := p.last(g); ok {
			p.record(g.label, []corpora.Fragment{f}, corpora.StatusFuzzy, m.index)
		}
		return
	}
	f := p.nearestFree(g.label, found.spans, expected)
	if len(found.spans) == 1 {
		p.drift = f.Start - m.mention.Near
	}
	p.record(g.label, []corpora.Fragment{f}, found.status, m.index)
}

// standsAt reports whether text stands in the sentence at byte start.
func (p *placer) standsAt(text string, start int) (corpora.Fragment, bool) {
	f := corpora.Fragment{Start: start, End: start + len(text)}
	ok := f.Start >= 0 && f.End <= len(p.text) && p.text[f.Start:f.End] == text && p.valid(f)
	return f, ok
}

// nearestFree is the span nearest to at that has not this label yet; the nearest of all when all have it.
func (p *placer) nearestFree(label string, spans []corpora.Fragment, at int) corpora.Fragment {
	right, _ := slices.BinarySearchFunc(spans, at, func(f corpora.Fragment, at int) int { return cmp.Compare(f.Start, at) })
	left := right - 1
	var nearest *corpora.Fragment
	for left >= 0 || right < len(spans) {
		next := &right
		if right >= len(spans) || (left >= 0 && at-spans[left].Start <= spans[right].Start-at) {
			next = &left
		}
		f := spans[*next]
		if nearest == nil {
			nearest = &f
		}
		if !p.seen[entityKey(label, []corpora.Fragment{f})] {
			return f
		}
		if next == &left {
			left--
		} else {
			right++
		}
	}
	return *nearest
}

// last decides about a group that stands nowhere: a leak, a fuzzy match, or not in the sentence.
func (p *placer) last(g *group) (corpora.Fragment, bool) {
	reason := NotInSentence
	if p.leaked(g.text) {
		reason = LeakedFromDemonstration
	} else if f, ok := p.closest(g.text, p.options.Similarity); ok {
		return f, true
	}
	for _, m := range g.mentions {
		p.missing = append(p.missing, unplaced{Unaligned{m.mention, reason}, m.index})
	}
	return corpora.Fragment{}, false
}

// leaked reports whether text stands in a demonstration.
func (p *placer) leaked(text string) bool {
	if len(text) > maxMention {
		return false
	}
	if p.leaky == nil {
		for _, d := range p.options.Demonstrations {
			p.leaky = append(p.leaky, fold(d))
		}
	}
	needle := fold(strings.TrimRight(unwrap(text), ".,;:!? ")).text
	return needle != "" && slices.ContainsFunc(p.leaky, func(d folded) bool { return strings.Contains(d.text, needle) })
}

// fragments places a discontinuous mention, "left ... ventricle": the closest occurrences of its parts, in order.
// Of n equal mentions it places the n closest.
func (p *placer) fragments(text string, n int) ([][]corpora.Fragment, corpora.Status) {
	parts := splitGaps(text)
	if len(parts) < 2 {
		return nil, ""
	}
	status := corpora.StatusExact
	where := make([]places, len(parts))
	for i, part := range parts {
		where[i] = p.locate(part, true)
		if len(where[i].spans) == 0 {
			return nil, ""
		}
		if where[i].status != corpora.StatusExact {
			status = where[i].status
		}
	}
	var all [][]corpora.Fragment
	for _, first := range where[0].spans {
		if chain, ok := follow(first, where[1:]); ok {
			all = append(all, chain)
		}
	}
	sortBy(all, func(c []corpora.Fragment) int { return c[len(c)-1].End - c[0].Start })
	return all[:min(n, len(all))], status
}

// follow takes, for each further part, its first occurrence behind the one before.
func follow(first corpora.Fragment, rest []places) ([]corpora.Fragment, bool) {
	chain := []corpora.Fragment{first}
	for _, w := range rest {
		end := chain[len(chain)-1].End
		i, _ := slices.BinarySearchFunc(w.spans, end, func(f corpora.Fragment, end int) int { return cmp.Compare(f.Start, end) })
		if i == len(w.spans) {
			return nil, false
		}
		chain = append(chain, w.spans[i])
	}
	return chain, true
}

// maxFragments bounds the fragments of one mention.
const maxFragments = 16

func splitGaps(text string) []string {
	if len(text) > maxMention {
		return nil
	}
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "…", "..."), "...") {
		if part = strings.Trim(part, " \t\r\n."); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) > maxFragments {
		return nil
	}
	return parts
}
