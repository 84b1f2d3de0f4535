package lexicon

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// The loose table finds names whose words stand in a text in another order or form. Its keys are bags: the folds of a
// name's words without "of", "the" and commas, added up as hashes, so that the order does not matter. What it finds is
// compared word by word, so that a hash collision cannot give a false match.

// mostLoose is the greatest number of words of a text that are tried as one name.
const mostLoose = 10

// manyEntries marks the offset of a list of entries among the offsets of entries.
const manyEntries = 1 << 63

// isFiller reports words that say nothing of which name it is.
func isFiller(w string) bool {
	switch w {
	case "of", "the", ",":
		return true
	}
	return false
}

// foldHash is the hash of a word's fold, well mixed, as sums of such hashes are compared.
func foldHash(w string) uint64 {
	h := xxhash.Sum64String(foldSpelling(foldNumber(w)))
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>32
}

// bagOf is the bag of a key; 0 where nothing but fillers is in it.
func bagOf(key string) uint64 {
	sum := uint64(0)
	for w := range strings.SplitSeq(key, " ") {
		if !isFiller(w) {
			sum += foldHash(w)
		}
	}
	return sum
}

// looseWriter gathers the bags of all keys.
type looseWriter struct {
	bags  map[uint64][]uint64 // bag → offsets of entries
	folds map[uint64]bool
}

func newLooseWriter() looseWriter {
	return looseWriter{map[uint64][]uint64{}, map[uint64]bool{}}
}

func (w looseWriter) add(key string, offset uint64) {
	bag := bagOf(key)
	if bag == 0 {
		return
	}
	w.bags[bag] = append(w.bags[bag], offset)
	for word := range strings.SplitSeq(key, " ") {
		if !isFiller(word) {
			w.folds[foldHash(word)] = true
		}
	}
}

// tables are the offsets by bag, and the lists of bags with several entries.
func (w looseWriter) tables() (offsets map[uint64]uint64, lists []byte, known filter) {
	offsets = make(map[uint64]uint64, len(w.bags))
	for _, bag := range slices.Sorted(maps.Keys(w.bags)) {
		entries := w.bags[bag]
		if len(entries) == 1 {
			offsets[bag] = entries[0]
			continue
		}
		offsets[bag] = manyEntries | uint64(len(lists))
		lists = binary.AppendUvarint(lists, uint64(len(entries)))
		for _, e := range entries {
			lists = binary.AppendUvarint(lists, e)
		}
	}
	return offsets, lists, newFilter(maps.Keys(w.folds), len(w.folds))
}

// bagEntries appends the offsets of the entries with a bag.
func (l *Lexicon) bagEntries(dst []uint64, bag uint64) []uint64 {
	offset, ok := l.loose.find(bag)
	if !ok {
		return dst
	}
	if offset&manyEntries == 0 {
		return append(dst, offset)
	}
	at := offset &^ manyEntries
	if at >= uint64(len(l.lists)) {
		return dst
	}
	r := reader{data: l.lists[at:]}
	for range r.count() {
		if n := r.number(); !r.bad {
			dst = append(dst, uint64(n))
		}
	}
	return dst
}
