package lexicon

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// Write counts in the sentences what was added and what is annotated, and writes the file into dir; progress is told how many
// of Walks times all sentences are done. The same input gives the same bytes, whatever the number of workers.
func (b *Builder) Write(ctx context.Context, dir string, s Sentences, workers int, progress func(done int)) error {
	file, err := b.encode(ctx, &walker{sentences: s, workers: workers, progress: progress})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, FileName), file, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write lexicon: %w", err)
	}
	return nil
}

// encode counts and gives the bytes of the file.
func (b *Builder) encode(ctx context.Context, walks *walker) ([]byte, error) {
	if err := b.know(ctx, walks); err != nil {
		return nil, err
	}
	if err := b.count(ctx, walks); err != nil {
		return nil, err
	}
	w := &writer{ids: map[string]uint64{}, offsets: map[uint64]uint64{}, rates: Rates{}, loose: newLooseWriter(), words: map[string]int{}}
	for _, key := range slices.Sorted(maps.Keys(b.entries)) {
		entry := b.entries[key].finish(key)
		w.rates.observe(entry)
		if err := w.add(entry); err != nil {
			return nil, err
		}
	}
	l, err := New(w.file()) // without what is learned by matching
	if err != nil {
		return nil, err
	}
	learned, err := l.learn(ctx, walks)
	if err != nil {
		return nil, err
	}
	w.borders = learned.borders
	for label, r := range learned.novel {
		w.rates[Kind{Source: novelSource, Label: label}] = r
	}
	return w.file(), nil
}

type writer struct {
	entries []byte
	ids     map[string]uint64
	strings []string
	offsets map[uint64]uint64 // hash of a key or key prefix → offset or prefixOnly
	loose   looseWriter
	words   map[string]int // that may be misspelled, and in how many keys with a label or a term they are
	rates   Rates
	borders Borders
}

func (w *writer) add(e Entry) error {
	hash := uint64(0)
	words := strings.Split(e.Key, " ")
	w.loose.add(e.Key, uint64(len(w.entries)))
	if e.Total() > 0 || len(e.Terms) > 0 {
		for _, word := range longWords(words) {
			w.words[word]++
		}
	}
	for i, word := range words {
		hash = chain(hash, xxhash.Sum64String(word))
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

func (w *writer) flag(b bool) {
	if b {
		w.number(1)
	} else {
		w.number(0)
	}
}

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
		w.flag(v.Named)
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
		w.flag(t.Primary)
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
	tables := w.tables() // before the strings, which it may add to
	bags, lists, known := w.loose.tables()
	var head []byte
	for _, s := range w.strings {
		head = binary.AppendUvarint(head, uint64(len(s)))
		head = append(head, s...)
	}
	begun := newFilter(maps.Keys(w.offsets), len(w.offsets))
	part := [parts][]byte{append(head, tables...), newTable(w.offsets), newTable(bags), begun, known, lists, encodeVocabulary(w.words)}
	out := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(w.strings)))
	for _, p := range part {
		out = binary.LittleEndian.AppendUint64(out, uint64(len(p)))
	}
	for _, p := range part {
		out = append(out, p...)
	}
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
