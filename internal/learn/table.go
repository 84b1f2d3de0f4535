package learn

// table leads from an attribute's hash to its number: open addressing, a cell the upper half of the hash and the number
// from 1, 0 where it is free. An unknown attribute is taken for a known one once in billions.
type table struct {
	cells []cell // a power of two
	count int    // attributes
}

type cell struct{ check, number uint32 }

func newTable(hashes []uint64) table {
	size := 2
	for size < 2*len(hashes) {
		size *= 2
	}
	t := table{make([]cell, size), len(hashes)}
	for i, h := range hashes {
		at := t.place(h)
		for t.cells[at].number != 0 {
			at = (at + 1) & (len(t.cells) - 1)
		}
		t.cells[at] = cell{uint32(h >> 32), uint32(i + 1)}
	}
	return t
}

func (t table) place(h uint64) int { return int(h) & (len(t.cells) - 1) }

// known are the numbers of the known ones of hashes.
func (t table) known(hashes []uint64) []uint32 {
	numbers := make([]uint32, 0, len(hashes))
	for _, h := range hashes {
		for at := t.place(h); t.cells[at].number != 0; at = (at + 1) & (len(t.cells) - 1) {
			if t.cells[at].check == uint32(h>>32) {
				numbers = append(numbers, t.cells[at].number-1)
				break
			}
		}
	}
	return numbers
}
