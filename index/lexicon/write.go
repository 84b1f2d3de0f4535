package lexicon

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Write counts what was added and writes the file into dir. The same input gives the same bytes.
func (b *Builder) Write(dir string) error {
	b.count()
	w := &writer{ids: map[string]uint64{}, offsets: map[uint64]uint64{}, rates: Rates{}}
	for _, key := range slices.Sorted(maps.Keys(b.entries)) {
		entry := b.entries[key].finish(key)
		w.rates.observe(entry)
		if err := w.add(entry); err != nil {
			return fmt.Errorf("write lexicon: %w", err)
		}
	}
	l, err := New(w.file()) // without borders, which are learned by matching
	if err != nil {
		return err
	}
	w.borders = learnBorders(l, b.sentences)
	learnNovelty(l, b.sentences, w.rates)
	if err := os.WriteFile(filepath.Join(dir, FileName), w.file(), 0o644); err != nil {
		return fmt.Errorf("write lexicon: %w", err)
	}
	return nil
}

type writer struct {
	entries []byte
	ids     map[string]uint64
	strings []string
	offsets map[uint64]uint64 // hash of a key or key prefix → offset or prefixOnly
	rates   Rates
	borders Borders
}

func (w *writer) add(e Entry) error {
	hash := uint64(0)
	words := strings.Split(e.Key, " ")
	for i, word := range words {
		hash = chain(hash, word)
		old, known := w.offsets[hash]
		switch {
		case i < len(words)-1 && !known:
			w.offsets[hash] = prefixOnly
		case i == len(words)-1 && known && old != prefixOnly:
			return fmt.Errorf("two keys share the hash %x", hash)
		case i == len(words)-1:
			w.offsets[hash] = uint64(len(w.entries))
		}
	}
	w.entry(e)
	return nil
}

func (w *writer) number(n int) { w.entries = binary.AppendUvarint(w.entries, uint64(n)) }

func (w *writer) text(s string) {
	w.number(len(s))
	w.entries = append(w.entries, s...)
}

// name writes a string that recurs (a label, a scope, a concept id) as its number in the string table.
func (w *writer) name(s string) {
	id, ok := w.ids[s]
	if !ok {
		id = uint64(len(w.strings))
		w.ids[s] = id
		w.strings = append(w.strings, s)
	}
	w.entries = binary.AppendUvarint(w.entries, id)
}

func (w *writer) entry(e Entry) {
	w.text(e.Key)
	w.counts(e.Counts)
	w.number(len(e.Variants))
	for _, v := range e.Variants {
		w.text(v.Surface)
		w.counts(v.Counts)
	}
	w.number(len(e.Concepts))
	for _, c := range e.Concepts {
		w.name(c.ID)
		w.number(c.Count)
	}
	w.number(len(e.Terms))
	for _, t := range e.Terms {
		w.number(t.Row)
		w.name(string(t.Scope))
		w.name(t.Label)
		w.number(map[bool]int{true: 1}[t.Primary])
	}
}

func (w *writer) counts(c Counts) {
	w.number(c.Seen)
	w.number(len(c.Labels))
	for _, l := range c.Labels {
		w.name(l.Label)
		w.number(l.Count)
	}
}

func (w *writer) file() []byte {
	slots := 1
	for slots < 2*len(w.offsets)+2 {
		slots *= 2
	}
	rates := w.tables() // before the strings, which it may add to
	out := append([]byte(magic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[4:], uint32(slots))
	binary.LittleEndian.PutUint32(out[8:], uint32(len(w.strings)))
	for _, s := range w.strings {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	out = append(out, rates...)
	out = append(out, w.table(slots)...)
	return append(out, w.entries...)
}

// tables are the base rates and the borders, each as a number and that many entries in a fixed order.
func (w *writer) tables() []byte {
	t := &writer{ids: w.ids, strings: w.strings}
	kinds := slices.SortedFunc(maps.Keys(w.rates), func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Shape, b.Shape), cmp.Compare(a.Label, b.Label))
	})
	t.number(len(kinds))
	for _, k := range kinds {
		t.name(k.Source)
		t.name(k.Shape)
		t.name(k.Label)
		t.float(w.rates[k].Hits)
		t.float(w.rates[k].Trials)
	}
	besides := slices.SortedFunc(maps.Keys(w.borders), func(a, b Beside) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Word, b.Word), cmp.Compare(a.Label, b.Label))
	})
	t.number(len(besides))
	for _, k := range besides {
		t.number(int(k.Side))
		t.text(k.Word)
		t.name(k.Label)
		t.number(w.borders[k].Inside)
		t.number(w.borders[k].Outside)
	}
	w.strings = t.strings
	return t.entries
}

func (w *writer) float(f float64) {
	w.entries = binary.LittleEndian.AppendUint64(w.entries, math.Float64bits(f))
}

func (w *writer) table(slots int) []byte {
	table := make([]byte, slots*slotBytes)
	for _, hash := range slices.Sorted(maps.Keys(w.offsets)) {
		at := hash & uint64(slots-1)
		for binary.LittleEndian.Uint64(table[at*slotBytes:]) != 0 {
			at = (at + 1) & uint64(slots-1)
		}
		binary.LittleEndian.PutUint64(table[at*slotBytes:], hash)
		binary.LittleEndian.PutUint64(table[at*slotBytes+8:], w.offsets[hash])
	}
	return table
}
