package lexicon

import (
	"iter"
	"math/bits"
)

// filter knows which hashes are in a set, with some false positives, in one bit each: it fits into a processor's cache
// where the table behind it does not.
type filter []byte

// newFilter has 8 to 16 bits for each of n hashes.
func newFilter(hashes iter.Seq[uint64], n int) filter {
	f := make(filter, 1<<max(bits.Len(uint(n)), 3))
	for hash := range hashes {
		i, bit := f.at(hash)
		f[i] |= bit
	}
	return f
}

func (f filter) valid() bool { return len(f) > 0 && len(f)&(len(f)-1) == 0 }

// at takes the upper bits of a hash, as a table's slots take the lower ones. The length is a power of two.
func (f filter) at(hash uint64) (place uint64, bit byte) {
	hash >>= 20
	return hash >> 3 & uint64(len(f)-1), 1 << (hash & 7)
}

func (f filter) has(hash uint64) bool {
	i, bit := f.at(hash)
	return f[i]&bit != 0
}
