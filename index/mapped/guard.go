package mapped

import (
	"encoding/binary"
	"errors"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
)

// BlockSize is the number of bytes that one checksum covers. It is a multiple of the page size of most machines, and
// small enough for reading one row not to cost much more than that row.
const BlockSize = 16 << 10

// SumSize is the number of bytes of one checksum.
const SumSize = 8

// ErrChecksum says that a block is not what was written.
var ErrChecksum = errors.New("a block's checksum differs")

// Sums returns the checksums of content's blocks, XXH64 in little-endian bytes one after another; the last block may
// be shorter.
func Sums(content []byte) []byte {
	sums := make([]byte, 0, SumSize*blocks(len(content)))
	for len(content) > 0 {
		n := min(BlockSize, len(content))
		sums = binary.LittleEndian.AppendUint64(sums, xxhash.Sum64(content[:n]))
		content = content[n:]
	}
	return sums
}

// SumsSize is the number of bytes that Sums returns for so many bytes of content.
func SumsSize(size int64) int { return SumSize * blocks(int(size)) }

func blocks(size int) int { return (size + BlockSize - 1) / BlockSize }

// guard remembers which blocks of a file have been compared with their checksums.
type guard struct {
	sums []byte
	seen []atomic.Uint64 // a bit a block
}

// Guard makes Check compare each block with sums, as Sums returns them, when it is first used. It must come before
// any Check, and sums must stay unchanged until Close. It fails when they are not as many as the blocks.
func (f *File) Guard(sums []byte) error {
	n := blocks(len(f.Bytes))
	if len(sums) != SumSize*n {
		return ErrChecksum
	}
	f.guard = &guard{sums: sums, seen: make([]atomic.Uint64, (n+63)/64)}
	return nil
}

// Check returns ErrChecksum when a block of the bytes from first to end is damaged. It is safe for concurrent use,
// and does nothing without a Guard.
func (f *File) Check(first, end int) error {
	if f.guard == nil || first >= end {
		return nil
	}
	for block := first / BlockSize; block*BlockSize < end; block++ {
		if f.guard.seen[block/64].Load()&(1<<(block%64)) == 0 {
			if err := f.checkBlock(block); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *File) checkBlock(block int) error {
	content := f.Bytes[block*BlockSize : min((block+1)*BlockSize, len(f.Bytes))]
	if xxhash.Sum64(content) != binary.LittleEndian.Uint64(f.guard.sums[SumSize*block:]) {
		return ErrChecksum
	}
	f.guard.seen[block/64].Or(1 << (block % 64))
	return nil
}
