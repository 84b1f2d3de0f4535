package lexical

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/ragner/ragner/index/ordered"
)

const (
	chunkTerms  = 512     // terms that a worker reads at a time
	narrowPairs = 1 << 16 // pairs that codes of two bytes can tell apart
)

// pair is what of a posting decides its saturation.
type pair struct{ tf, length uint32 }

// writer makes the file of postings from a finished segment and the lengths of its rows.
type writer struct {
	store   *store
	lengths []uint32
	workers int
	narrow  int // narrowPairs, fewer in tests

	pairs   []pair // by code
	codes   map[pair]int
	header  header
	entries []uint32 // of each term: list offset (two numbers), text offset, rows
	out     *bufio.Writer
	at      uint64
}

// writePostings writes to a new file at path.
func (w *writer) writePostings(ctx context.Context, path string) (err error) {
	if err := w.countPairs(ctx); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w.out = bufio.NewWriterSize(f, 1<<18) // it keeps its error until Flush
	w.write(make([]byte, headerSize))
	if w.header.codeBytes == 2 {
		err = writeLists[uint16](ctx, w)
	} else {
		err = writeLists[uint32](ctx, w)
	}
	if err != nil {
		return err
	}
	if err := w.writeTables(); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	_, err = f.WriteAt(w.header.encode(), 0)
	return err
}

func (w *writer) write(b []byte) {
	_, _ = w.out.Write(b)
	w.at += uint64(len(b))
}

func (w *writer) chunks() int { return (len(w.store.terms) + chunkTerms - 1) / chunkTerms }

// chunk yields the lists of a chunk of terms.
func (w *writer) chunk(i int, use func(storedList)) error {
	for list, err := range w.store.lists(i*chunkTerms, min((i+1)*chunkTerms, len(w.store.terms))) {
		if err != nil {
			return err
		}
		use(list)
	}
	return nil
}

// countPairs numbers the distinct pairs, the most frequent one first, so that few lines of the saturations' table are
// in use; ties by frequency and length.
func (w *writer) countPairs(ctx context.Context) error {
	counts := map[pair]int{}
	count := func(_ context.Context, i int) (map[pair]int, error) {
		counts := map[pair]int{}
		return counts, w.chunk(i, func(list storedList) {
			for i, row := range list.rows {
				counts[pair{list.frequencies[i], w.lengths[row]}]++
			}
		})
	}
	err := ordered.Run(ctx, w.workers, w.chunks(), count, func(_ int, part map[pair]int) error {
		for p, n := range part {
			counts[p] += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.pairs = make([]pair, 0, len(counts))
	for p := range counts {
		w.pairs = append(w.pairs, p)
	}
	slices.SortFunc(w.pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.tf, b.tf), cmp.Compare(a.length, b.length))
	})
	w.codes = make(map[pair]int, len(w.pairs))
	for i, p := range w.pairs {
		w.codes[p] = i
	}
	w.header.codeBytes = 2
	if len(w.pairs) > w.narrow {
		w.header.codeBytes = 4
	}
	return nil
}

// encodedLists are the lists of a chunk of terms.
type encodedLists struct {
	bytes []byte
	ends  []int // of each list, in bytes
	found []int // rows of each list
}

func writeLists[C code](ctx context.Context, w *writer) error {
	encode := func(_ context.Context, i int) (out encodedLists, err error) {
		var codes, frontier []C
		err = w.chunk(i, func(list storedList) {
			codes = codes[:0]
			for i, row := range list.rows {
				codes = append(codes, C(w.codes[pair{list.frequencies[i], w.lengths[row]}]))
			}
			frontier = appendFrontier(frontier[:0], codes, w.pairs)
			out.bytes = encodeList(out.bytes, len(w.lengths), list.rows, codes, frontier)
			out.ends, out.found = append(out.ends, len(out.bytes)), append(out.found, len(list.rows))
		})
		return out, err
	}
	text := uint64(0)
	err := ordered.Run(ctx, w.workers, w.chunks(), encode, func(i int, part encodedLists) error {
		begin := 0
		for j, end := range part.ends {
			w.addEntry(w.at+uint64(begin), text, part.found[j])
			begin = end
			text += uint64(len(w.store.terms[i*chunkTerms+j]))
		}
		w.write(part.bytes)
		if text > math.MaxUint32 {
			return fmt.Errorf("index words: more than 4 GiB of distinct words")
		}
		return nil
	})
	w.addEntry(w.at, text, 0)
	w.header.listBytes, w.header.textBytes = w.at-headerSize, text
	return err
}

func (w *writer) addEntry(list, text uint64, found int) {
	w.entries = append(w.entries, uint32(list), uint32(list>>32), uint32(text), uint32(found))
}

// appendFrontier appends the codes that no other code of the list beats in both frequency and length: one of them has
// the greatest saturation, whatever the parameters are.
func appendFrontier[C code](frontier, codes []C, pairs []pair) []C {
	for _, c := range codes {
		if slices.ContainsFunc(frontier, func(f C) bool { return pairs[f].beats(pairs[c]) }) {
			continue
		}
		frontier = slices.DeleteFunc(frontier, func(f C) bool { return pairs[c].beats(pairs[f]) })
		frontier = append(frontier, c)
	}
	return frontier
}

// beats reports whether p's saturation is never less than q's.
func (p pair) beats(q pair) bool { return p.tf >= q.tf && p.length <= q.length }

// writeTables writes what follows the lists.
func (w *writer) writeTables() error {
	for _, p := range w.pairs {
		w.write(appendNumbers(nil, []uint32{p.tf, p.length}))
	}
	for part := range slices.Chunk(w.lengths, 1<<14) {
		for _, n := range part {
			w.header.tokens += uint64(n)
		}
		w.write(appendNumbers(nil, part))
	}
	slots := w.hash()
	w.header.rows, w.header.terms = uint64(len(w.lengths)), uint64(len(w.store.terms))
	w.header.pairs, w.header.slots = uint64(len(w.pairs)), uint64(len(slots))
	for _, numbers := range [][]uint32{slots, w.entries} {
		for part := range slices.Chunk(numbers, 1<<14) {
			w.write(appendNumbers(nil, part))
		}
	}
	for _, term := range w.store.terms {
		w.write([]byte(term))
	}
	if w.header.tokens >= 1<<53 || len(w.lengths) >= math.MaxUint32 || len(w.store.terms) >= math.MaxUint32/2 {
		return fmt.Errorf("index words: more rows, words or distinct words than the format can count")
	}
	return nil
}

// hash places the terms in slots, at most half of which are taken.
func (w *writer) hash() []uint32 {
	size := 1
	for size < 2*len(w.store.terms)+1 {
		size *= 2
	}
	slots := make([]uint32, size)
	for i, term := range w.store.terms {
		slot := xxhash.Sum64String(term) & uint64(size-1)
		for slots[slot] != 0 {
			slot = (slot + 1) & uint64(size-1)
		}
		slots[slot] = uint32(i) + 1
	}
	return slots
}
