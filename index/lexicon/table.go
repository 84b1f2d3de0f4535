package lexicon

import (
	"encoding/binary"
	"maps"
	"slices"
)

// table is an open-addressing hash table in the bytes of a file: slots of a hash, not 0, and an offset.
type table []byte

const slotBytes = 16

// slotsFor is the number of slots for n hashes: a power of two, at most half full.
func slotsFor(n int) int {
	slots := 1
	for slots < 2*n+2 {
		slots *= 2
	}
	return slots
}

func newTable(offsets map[uint64]uint64) table {
	slots := slotsFor(len(offsets))
	t := make(table, slots*slotBytes)
	for _, hash := range slices.Sorted(maps.Keys(offsets)) {
		at := hash & uint64(slots-1)
		for binary.LittleEndian.Uint64(t[at*slotBytes:]) != 0 {
			at = (at + 1) & uint64(slots-1)
		}
		binary.LittleEndian.PutUint64(t[at*slotBytes:], hash)
		binary.LittleEndian.PutUint64(t[at*slotBytes+8:], offsets[hash])
	}
	return t
}

// valid reports whether the slots are a power of two.
func (t table) valid() bool {
	slots := len(t) / slotBytes
	return len(t)%slotBytes == 0 && slots > 0 && slots&(slots-1) == 0
}

// find gives the offset of a hash.
func (t table) find(hash uint64) (offset uint64, ok bool) {
	mask := uint64(len(t)/slotBytes - 1)
	at := hash & mask
	for range mask + 1 {
		slot := t[at*slotBytes:]
		switch binary.LittleEndian.Uint64(slot) {
		case hash:
			return binary.LittleEndian.Uint64(slot[8:]), true
		case 0:
			return 0, false
		}
		at = (at + 1) & mask
	}
	return 0, false
}
