package forward

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/ordered"
)

// chunkRows are read by a worker at a time.
const chunkRows = 256

// Rows are the sentences to write, each with the labels of its entities as numbers.
type Rows struct {
	Len   int
	Row   func(i int) corpora.Annotated
	Label func(string) int
}

// shown is what one row shows.
type shown struct {
	words    []Word // distinct, ascending
	roles    []byte // of each
	mentions []mention
	length   uint32
}

// mention is a surface with a label.
type mention struct {
	key   Key
	label uint32
}

// chunkShown is what a chunk of rows shows, with the words' counts.
type chunkShown struct {
	rows   []shown
	counts map[Word]Occurrence
}

// Write makes the file at path, which must not exist. Its bytes do not depend on the number of workers.
func Write(ctx context.Context, path string, rows Rows, workers int) (err error) {
	w := &writer{counts: map[Word]Occurrence{}, found: map[Key][]uint32{}, wordEnds: []uint32{0}, mentionEnds: []uint32{0}}
	chunks := (rows.Len + chunkRows - 1) / chunkRows
	work := func(_ context.Context, i int) (chunkShown, error) {
		return readChunk(rows, i*chunkRows, min((i+1)*chunkRows, rows.Len)), nil
	}
	if err := ordered.Run(ctx, workers, chunks, work, func(_ int, c chunkShown) error { return w.add(c) }); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<18)
	w.write(out)
	return out.Flush()
}

func readChunk(rows Rows, first, end int) chunkShown {
	c := chunkShown{counts: map[Word]Occurrence{}}
	for i := first; i < end; i++ {
		a := rows.Row(i)
		t := Read(a.Text)
		row := shown{length: uint32(len(t.Words))}
		here := map[Word]byte{}
		t.count(a.Entities, func(word Word, o Occurrence) {
			c.counts[word] = c.counts[word].Plus(o)
			if o.Inside > 0 {
				here[word] |= Inside
			} else {
				here[word] |= Outside
			}
		})
		for _, e := range a.Entities {
			if key := KeyOf(e.Surface(a.Text)); key != 0 {
				row.mentions = append(row.mentions, mention{key, uint32(rows.Label(e.Label))})
			}
		}
		slices.SortFunc(row.mentions, func(a, b mention) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.label, b.label)) })
		row.mentions = slices.Compact(row.mentions)
		row.words = distinct(t.Words)
		for _, word := range row.words {
			row.roles = append(row.roles, here[word])
		}
		c.rows = append(c.rows, row)
	}
	return c
}

// writer gathers the sections of a file in memory.
type writer struct {
	counts                         map[Word]Occurrence
	found                          map[Key][]uint32
	words, labels                  []uint32
	roles                          []byte
	mentions                       []uint64
	lengths, wordEnds, mentionEnds []uint32
}

var errTooMany = fmt.Errorf("more words or mentions than the format can count")

func (w *writer) add(c chunkShown) error {
	for word, o := range c.counts {
		w.counts[word] = w.counts[word].Plus(o)
	}
	for _, row := range c.rows {
		number := uint32(len(w.lengths))
		for _, word := range row.words {
			w.words = append(w.words, uint32(word))
		}
		w.roles = append(w.roles, row.roles...)
		for i, m := range row.mentions {
			w.mentions, w.labels = append(w.mentions, uint64(m.key)), append(w.labels, m.label)
			if i == 0 || row.mentions[i-1].key != m.key {
				w.found[m.key] = append(w.found[m.key], number)
			}
		}
		w.lengths = append(w.lengths, row.length)
		w.wordEnds, w.mentionEnds = append(w.wordEnds, uint32(len(w.words))), append(w.mentionEnds, uint32(len(w.mentions)))
	}
	if len(w.words) > math.MaxUint32 || len(w.mentions) > math.MaxUint32 {
		return errTooMany
	}
	return nil
}

// write writes the sections in the order of sections.
func (w *writer) write(out *bufio.Writer) {
	vocabulary := sortedKeys(w.counts)
	var numbers, counts []uint32
	for _, word := range vocabulary {
		o := w.counts[word]
		numbers, counts = append(numbers, uint32(word)), append(counts, o.Total, o.Inside, o.Beside)
	}
	keys := sortedKeys(w.found)
	known, ends, rows := make([]uint64, 0, len(keys)), []uint32{0}, []uint32(nil)
	for _, key := range keys {
		known, rows = append(known, uint64(key)), append(rows, w.found[key]...)
		ends = append(ends, uint32(len(rows)))
	}
	h := header{uint64(len(w.lengths)), uint64(len(w.words)), uint64(len(w.mentions)), uint64(len(numbers)), uint64(len(known)), uint64(len(rows))}
	_, _ = out.Write(h.encode()) // the writer keeps its error until Flush
	put64(out, w.mentions)
	put64(out, known)
	for _, section := range [][]uint32{w.wordEnds, w.mentionEnds, w.lengths, w.words, w.labels, numbers, counts, ends, rows} {
		put32(out, section)
	}
	_, _ = out.Write(w.roles)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func put64(out *bufio.Writer, list []uint64) {
	var b [8]byte
	for _, n := range list {
		binary.LittleEndian.PutUint64(b[:], n)
		_, _ = out.Write(b[:])
	}
}

func put32(out *bufio.Writer, list []uint32) {
	var b [4]byte
	for _, n := range list {
		binary.LittleEndian.PutUint32(b[:], n)
		_, _ = out.Write(b[:])
	}
}
