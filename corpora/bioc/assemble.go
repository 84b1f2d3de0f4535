package bioc

import (
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/internal/standoff"
)

// chunk is a passage or sentence with a text of its own, and what is annotated in it.
type chunk struct {
	kind        string
	text        string
	offset      int // in the file's unit
	annotations []annotation
}

// chunks are the parts of d that have text, in the file's order. A passage without text has its sentences'.
func chunks(d document, leftOut corpora.Loss) (all []chunk) {
	for _, p := range d.Passages {
		count(p, leftOut)
		if p.Text != nil || len(p.Sentences) == 0 {
			c := chunk{p.Infons[typeKey], textOf(p), p.Offset, p.Annotations}
			for _, s := range p.Sentences {
				c.annotations = append(c.annotations, s.Annotations...)
			}
			all = append(all, c)
			continue
		}
		for i, s := range p.Sentences {
			c := chunk{p.Infons[typeKey], textOf(s), s.Offset, s.Annotations}
			if i == 0 {
				c.annotations = append(c.annotations, p.Annotations...)
			}
			all = append(all, c)
		}
	}
	if len(all) > 1 || len(all) == 1 && all[0].kind != "" {
		all[0].annotations = append(all[0].annotations, d.Annotations...)
	} else {
		leftOut.Add("annotations without text", len(d.Annotations))
	}
	return all
}

func textOf(p passage) string {
	if p.Text == nil {
		return ""
	}
	return *p.Text
}

// count counts the parts of a passage that a document does not hold.
func count(p passage, leftOut corpora.Loss) {
	for key := range p.Infons {
		if key != typeKey {
			leftOut.Add("infons of passages", 1)
		}
	}
	leftOut.Add("relations", len(p.Relations))
	leftOut.Add("sentence borders", len(p.Sentences))
	for _, s := range p.Sentences {
		leftOut.Add("relations", len(s.Relations))
	}
}

// maxGap is the largest gap between passages that is filled; behind a larger one the file's offsets do not hold.
const maxGap = 1 << 16

// maxGaps is the most that all gaps of a document have together, so that a small file cannot become a large text.
const maxGaps = 1 << 20

// layout is the text of a document with each chunk's place in it.
type layout struct {
	text   string
	starts []int // byte of text at which each chunk begins
	rulers []standoff.Ruler
}

func lay(all []chunk, unit standoff.Unit) layout {
	var l layout
	var b strings.Builder
	end := 0 // in the file's unit
	room := maxGaps
	for i, c := range all {
		gap := c.offset - end
		if gap < 0 || gap > min(maxGap, room) {
			gap = min(i, 1)
		}
		room -= gap
		b.WriteString(strings.Repeat("\n", gap))
		ruler := standoff.NewRuler(c.text, unit)
		l.starts = append(l.starts, b.Len())
		l.rulers = append(l.rulers, ruler)
		b.WriteString(c.text)
		end = c.offset + ruler.Len()
	}
	l.text = b.String()
	return l
}

// at is the byte of the text at offset of the file: in chunk own where that holds it, else in the first that does.
func (l layout) at(all []chunk, own, offset int) (int, bool) {
	if b, ok := l.rulers[own].Bytes(offset - all[own].offset); ok {
		return l.starts[own] + b, true
	}
	for i, r := range l.rulers {
		if b, ok := r.Bytes(offset - all[i].offset); ok {
			return l.starts[i] + b, true
		}
	}
	return 0, false
}

// spans gives an annotation's locations in bytes of the text; one outside becomes an impossible span. When
// relative, offsets count from the start of the annotation's own chunk.
func (l layout) spans(all []chunk, own int, a annotation, relative bool) []standoff.Span {
	spans := make([]standoff.Span, len(a.Locations))
	for i, loc := range a.Locations {
		from := loc.Offset
		if relative {
			from += all[own].offset
		}
		start, okStart := l.at(all, own, from)
		end, okEnd := l.at(all, own, from+loc.Length)
		spans[i] = standoff.Span{Start: start, End: end}
		if !okStart || !okEnd {
			spans[i] = standoff.Span{Start: -1, End: -1}
		}
	}
	return spans
}

// reading is one way to understand a document's offsets.
type reading struct {
	layout layout
	placed standoff.Placed
}

// read places all annotations in one way.
func read(all []chunk, unit standoff.Unit, relative bool, label string) reading {
	l := lay(all, unit)
	var mentions []standoff.Mention
	for own, c := range all {
		for _, a := range c.annotations {
			if len(a.Locations) > 0 {
				m := mention(a, label)
				m.Spans = l.spans(all, own, a, relative)
				mentions = append(mentions, m)
			}
		}
	}
	placed := standoff.Place(l.text, mentions, []standoff.Unit{standoff.Byte})
	placed.Unit = unit
	return reading{l, placed}
}

// best is the reading with the fewest problems; of equals the earlier.
func best(all []chunk, units []standoff.Unit, label string) reading {
	var found reading
	for i, relative := range []bool{false, true} {
		for j, unit := range units {
			r := read(all, unit, relative, label)
			if i+j == 0 || len(r.placed.Problems) < len(found.placed.Problems) {
				found = r
			}
			if len(found.placed.Problems) == 0 {
				return found
			}
		}
	}
	return found
}

// assemble makes the document and yields it with its problems; false means stop.
func assemble(src corpora.Source, d document, units []standoff.Unit, yield func(corpora.Document, error) bool) bool {
	leftOut := corpora.Loss{}
	leftOut.Add("relations", len(d.Relations))
	all := chunks(d, leftOut)
	found := best(all, units, src.Spec.Get("label", ""))
	doc := corpora.Document{ID: strings.TrimSpace(d.ID), Text: found.layout.text}
	if doc.ID == "" {
		doc.ID = src.Base
	}
	for _, c := range all {
		for _, a := range c.annotations {
			leftOut.Add("annotations without place", max(0, 1-len(a.Locations)))
			leftOut.Add("infons of annotations", otherInfons(a))
		}
	}
	documentInfons(&doc, d.Infons)
	if len(all) > 1 || len(all) == 1 && all[0].kind != "" {
		standoff.SetMeta(&doc, standoff.MetaPassages, standoff.FormatPassages(doc.Text, found.layout.passages(all)))
	}
	standoff.Annotate(&doc, found.placed, leftOut)
	return standoff.Yield(src, doc, found.placed.Problems, yield)
}

func (l layout) passages(all []chunk) []standoff.Passage {
	passages := make([]standoff.Passage, len(all))
	for i, c := range all {
		passages[i] = standoff.Passage{Type: c.kind, Fragment: corpora.Fragment{Start: l.starts[i], End: l.starts[i] + len(c.text)}}
	}
	return passages
}

// documentInfons gives the document's own infons to Meta, and a failure to Err.
func documentInfons(doc *corpora.Document, in infons) {
	for key, value := range in {
		if key != errorCodeKey && key != errorMessageKey {
			standoff.SetMeta(doc, key, value)
		}
	}
	if code, failed := in[errorCodeKey]; failed {
		doc.Err = &corpora.Failure{Code: code, Message: in[errorMessageKey]}
	}
}
