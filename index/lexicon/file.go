package lexicon

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// FileName is the lexicon's file in a generation.
const FileName = "lexicon.bin"

// The file: magic, u32 slots (a power of two), u32 strings, string table, base rates, borders, slots × (u64 hash, u64 offset),
// entries. Offsets count from the first entry; all numbers are little endian or unsigned varints.
const (
	magic      = "RLX1"
	prefixOnly = ^uint64(0)
	slotBytes  = 16
)

var errDamaged = errors.New("lexicon is damaged")

// Lexicon answers from its file's bytes. It is safe for concurrent use.
type Lexicon struct {
	slots   []byte
	mask    uint64
	entries []byte
	strings []string
	rates   Rates
	borders Borders

	once       sync.Once
	vocabulary []string // words of the keys, for Respelled; read on first use
	reversed   []string
}

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

// Open reads the lexicon in dir.
func Open(dir string) (*Lexicon, error) {
	data, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		return nil, fmt.Errorf("open lexicon: %w", err)
	}
	return New(data)
}

// New reads a lexicon from the bytes of its file, which must not change while it is in use.
func New(data []byte) (*Lexicon, error) {
	if len(data) < 12 || string(data[:4]) != magic {
		return nil, fmt.Errorf("open lexicon: %w: no %s header", errDamaged, magic)
	}
	slots := uint64(binary.LittleEndian.Uint32(data[4:]))
	count := int(binary.LittleEndian.Uint32(data[8:]))
	r := reader{data: data[12:]}
	l := &Lexicon{mask: slots - 1}
	for range count {
		if r.bad {
			break
		}
		l.strings = append(l.strings, r.text())
	}
	r.strings = l.strings
	l.rates, l.borders = r.rates(), r.borders()
	if r.bad || slots == 0 || slots&(slots-1) != 0 || uint64(len(r.data)) < slots*slotBytes {
		return nil, fmt.Errorf("open lexicon: %w: table of %d slots does not fit", errDamaged, slots)
	}
	l.slots, l.entries = r.data[:slots*slotBytes], r.data[slots*slotBytes:]
	return l, nil
}

// Close releases nothing yet: the bytes belong to the caller or the garbage collector.
func (l *Lexicon) Close() error { return nil }

func (l *Lexicon) find(hash uint64) (offset uint64, ok bool) {
	at := hash & l.mask
	for range l.mask + 1 {
		slot := l.slots[at*slotBytes:]
		switch binary.LittleEndian.Uint64(slot) {
		case hash:
			return binary.LittleEndian.Uint64(slot[8:]), true
		case 0:
			return 0, false
		}
		at = (at + 1) & l.mask
	}
	return 0, false
}

func (l *Lexicon) entry(offset uint64) (Entry, bool) {
	if offset >= uint64(len(l.entries)) {
		return Entry{}, false
	}
	r := reader{data: l.entries[offset:], strings: l.strings}
	e := r.entry()
	return e, !r.bad
}

// Entries calls f for every entry, in the order of the keys.
func (l *Lexicon) Entries(f func(Entry)) error {
	r := reader{data: l.entries, strings: l.strings}
	for len(r.data) > 0 {
		e := r.entry()
		if r.bad {
			return errDamaged
		}
		f(e)
	}
	return nil
}

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
		e.Variants = append(e.Variants, Variant{r.text(), r.counts()})
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
