package learn

import (
	"context"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/ordered"
	"github.com/ragner/ragner/retrieval"
)

// rare is the number of tokens that an attribute must be met on: one that is met once says more of its token than of the
// language, and such are two thirds of all.
const rare = 2

// collection is all examples with their attributes, numbered in the order in which they are met.
type collection struct {
	examples []corpora.Annotated // with tokens of ours
	borders  []borders           // by example
	folds    []int               // by example
	places   []place             // by example
	attrs    []uint32            // by token, one after another
	from     []int32             // by token, and one more
	hashes   []uint64            // by attribute
}

// collect looks at all sentences of a source.
func collect(ctx context.Context, s source, r *retrieval.Searcher, workers int, progress func(done int)) (*collection, error) {
	c := &collection{from: []int32{0}}
	numbers := map[uint64]uint32{}
	work := func(ctx context.Context, i int) ([]example, error) { return s.lookAt(ctx, r, i) }
	err := ordered.Run(ctx, workers, len(s.documents), work, func(i int, list []example) error {
		for _, e := range list {
			c.add(e, numbers)
		}
		progress(i + 1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.prune()
	return c, nil
}

func (c *collection) add(e example, numbers map[uint64]uint32) {
	c.examples, c.borders = append(c.examples, e.Annotated), append(c.borders, e.borders)
	c.folds, c.places = append(c.folds, e.fold), append(c.places, e.place)
	for _, attrs := range e.attrs {
		for _, h := range attrs {
			id, ok := numbers[h]
			if !ok {
				id = uint32(len(c.hashes))
				numbers[h] = id
				c.hashes = append(c.hashes, h)
			}
			c.attrs = append(c.attrs, id)
		}
		c.from = append(c.from, int32(len(c.attrs)))
	}
}

// prune drops rare attributes and numbers the others anew.
func (c *collection) prune() {
	counts := make([]int, len(c.hashes))
	for _, a := range c.attrs {
		counts[a]++
	}
	kept := c.hashes[:0]
	renumbered := make([]uint32, len(counts))
	for a, n := range counts {
		if n >= rare {
			renumbered[a] = uint32(len(kept))
			kept = append(kept, c.hashes[a])
		}
	}
	c.hashes = kept
	attrs := c.attrs[:0]
	start := int32(0)
	for i := range len(c.from) - 1 {
		list := c.attrs[start:c.from[i+1]]
		start = c.from[i+1]
		for _, a := range list {
			if counts[a] >= rare {
				attrs = append(attrs, renumbered[a])
			}
		}
		c.from[i+1] = int32(len(attrs))
	}
	c.attrs = attrs
}

// chains are the examples as a group of labels has them; keep says which. lost counts mentions that have no tags:
// discontinuous ones, and such as overlap a longer one of the group.
func (c *collection) chains(labels []string, keep func(fold int) bool) (out *chains, lost int) {
	numbers := numbered(labels)
	out = &chains{layout: newLayout(len(labels)), first: []int32{0}, from: []int32{0}, used: len(c.hashes)}
	token := 0
	for i, a := range c.examples {
		n := len(a.Tokens)
		if keep(c.folds[i]) {
			spans, missing := spansOf(a, numbers)
			lost += missing
			out.append(c, token, n, spans)
		}
		token += n
	}
	return out, lost
}

func numbered(labels []string) map[string]int {
	numbers := make(map[string]int, len(labels))
	for i, label := range labels {
		numbers[label] = i
	}
	return numbers
}

// spansOf are the mentions of a sentence that have one of the labels, as far as they can stand side by side.
func spansOf(a corpora.Annotated, numbers map[string]int) (spans []span, missing int) {
	of := a
	of.Entities = nil
	for _, e := range a.Entities {
		if _, ok := numbers[e.Label]; ok {
			of.Entities = append(of.Entities, e)
		}
	}
	flat, _ := corpora.Flatten(of)
	for _, f := range flat {
		spans = append(spans, span{f.Start, f.End - 1, numbers[f.Label]})
	}
	return spans, len(of.Entities) - len(flat)
}

// append adds a sentence of n tokens, the first of which is c's token-th.
func (out *chains) append(c *collection, token, n int, spans []span) {
	tags := make([]uint16, n)
	out.encode(tags, spans)
	out.tags = append(out.tags, tags...)
	for i := token; i < token+n; i++ {
		out.attrs = append(out.attrs, c.attrs[c.from[i]:c.from[i+1]]...)
		out.from = append(out.from, int32(len(out.attrs)))
	}
	out.first = append(out.first, int32(len(out.tags)))
}

// mostWeights is the number of weights up to which an attribute has one for every tag: what it was never seen with tells,
// too. More would cost more time and memory than they are worth.
const mostWeights = 1_500_000

// newWeights has a weight for each tag that an attribute was seen with, or for each tag where that is affordable.
func newWeights(c *chains) *weights {
	width := c.layout.tags()
	everything := c.used*width <= mostWeights
	seen := make([]uint64, c.used*width/64+1) // a bit for each attribute and tag
	for token, tag := range c.tags {
		for _, a := range c.attrsOf(token) {
			at := int(a)*width + int(tag)
			seen[at/64] |= 1 << (at % 64)
		}
	}
	w := &weights{steps: c.steps(), from: []int32{0}}
	for at := range c.used * width {
		if everything || seen[at/64]>>(at%64)&1 != 0 {
			w.tags = append(w.tags, uint16(at%width))
		}
		if at%width == width-1 {
			w.from = append(w.from, int32(len(w.tags)))
		}
	}
	return w
}
