package lexicon

import (
	"encoding/binary"
	"math"

	"github.com/ragner/ragner/corpora"
)

// reader decodes; after damage bad is set and everything reads as zero. The strings it gives are parts of data.
type reader struct {
	data    string
	strings []string
	bad     bool
}

func (r *reader) number() int {
	n, size := uvarint(r.data)
	if size <= 0 || n > 1<<40 {
		r.bad, r.data = true, ""
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

// uvarint is binary.Uvarint of a string; size is 0 where there is none.
func uvarint(s string) (n uint64, size int) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		n |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}

// count reads a number of items, each of which takes at least one byte.
func (r *reader) count() int {
	n := r.number()
	if n > len(r.data) {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) text() string { return r.take(uint64(r.count())) }

// take gives the next n bytes.
func (r *reader) take(n uint64) string {
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, ""
		return ""
	}
	part := r.data[:n]
	r.data = r.data[n:]
	return part
}

func (r *reader) name() string {
	id := r.number()
	if id >= len(r.strings) {
		r.bad = true
		return ""
	}
	return r.strings[id]
}

func (r *reader) float() float64 {
	part := r.take(8)
	if r.bad {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(part)))
}

func (r *reader) rates() Rates {
	rates := Rates{}
	for range r.count() {
		k := Kind{r.name(), r.name(), r.name()}
		rates[k] = Rate{r.float(), r.float()}
	}
	return rates
}

func (r *reader) borders() Borders {
	borders := Borders{}
	for range r.count() {
		k := Beside{Side(r.number()), r.text(), r.name()}
		borders[k] = Tally{r.number(), r.number()}
	}
	return borders
}

func (r *reader) counts() Counts {
	c := Counts{Seen: r.number()}
	if n := r.count(); n > 0 {
		c.Labels = make([]LabelCount, n)
	}
	for i := range c.Labels {
		c.Labels[i] = LabelCount{r.name(), r.number()}
	}
	return c
}

func (r *reader) entry() Entry {
	e := Entry{Key: r.text(), Counts: r.counts()}
	e.Variants = items(r, func() Variant { return Variant{r.text(), r.number() == 1, r.counts()} })
	e.Concepts = items(r, func() ConceptCount { return ConceptCount{r.name(), r.number()} })
	e.Terms = items(r, r.term)
	return e
}

func items[T any](r *reader, next func() T) []T {
	n := r.count()
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = next()
	}
	return list
}

func (r *reader) term() TermRef {
	return TermRef{
		Row: r.number(), Scope: corpora.Scope(r.name()), Label: r.name(), Primary: r.number() == 1,
	}
}
