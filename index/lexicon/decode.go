package lexicon

import (
	"encoding/binary"
	"math"

	"github.com/ragner/ragner/corpora"
)

// reader decodes; after damage bad is set and everything reads as zero.
type reader struct {
	data    []byte
	strings []string
	bad     bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > 1<<40 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return int(n)
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

func (r *reader) text() string {
	n := r.count()
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
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
	if len(r.data) < 8 {
		r.bad, r.data = true, nil
		return 0
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(r.data))
	r.data = r.data[8:]
	return f
}

// take gives the next n bytes.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return nil
	}
	part := r.data[:n]
	r.data = r.data[n:]
	return part
}

// table takes a table of so many slots, a power of two.
func (r *reader) table(slots uint64) table {
	if slots == 0 || slots&(slots-1) != 0 {
		r.bad = true
		return nil
	}
	return table(r.take(slots * slotBytes))
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
	for range r.count() {
		e.Variants = append(e.Variants, Variant{r.text(), r.number() == 1, r.counts()})
	}
	for range r.count() {
		e.Concepts = append(e.Concepts, ConceptCount{r.name(), r.number()})
	}
	for range r.count() {
		e.Terms = append(e.Terms, r.term())
	}
	return e
}

func (r *reader) term() TermRef {
	return TermRef{
		Row: r.number(), Scope: corpora.Scope(r.name()), Label: r.name(), Primary: r.number() == 1,
	}
}
