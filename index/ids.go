package index

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"sort"

	"github.com/cespare/xxhash/v2"
	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/records"
)

// NAME.ids leads from a document's id to its number: cells of the id's XXH64 and the number, little endian, in that
// order, so that a query needs no pass over all documents.

const idSize = 8 + 4

func writeIDs(path string, docs []documentRow) error {
	type cell struct {
		hash uint64
		doc  uint32
	}
	cells := make([]cell, len(docs))
	for i, doc := range docs {
		cells[i] = cell{xxhash.Sum64String(doc.id), uint32(i)}
	}
	slices.SortFunc(cells, func(a, b cell) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.doc, b.doc)) })
	data := make([]byte, 0, idSize*len(cells))
	for _, c := range cells {
		data = binary.LittleEndian.AppendUint64(data, c.hash)
		data = binary.LittleEndian.AppendUint32(data, c.doc)
	}
	return os.WriteFile(path, data, 0o644)
}

// ids finds the numbers of documents in a mapped NAME.ids.
type ids struct{ file *mapped.File }

// find lists the numbers of documents whose id may be this one, ascending.
func (t ids) find(id string) (docs []int, err error) {
	n, want := len(t.file.Bytes)/idSize, xxhash.Sum64String(id)
	at := sort.Search(n, func(i int) bool {
		hash, _ := t.cell(i, &err)
		return err != nil || hash >= want
	})
	for ; at < n && err == nil; at++ {
		hash, doc := t.cell(at, &err)
		if hash != want {
			break
		}
		docs = append(docs, doc)
	}
	return docs, err
}

func (t ids) cell(i int, err *error) (hash uint64, doc int) {
	if *err != nil {
		return 0, 0
	}
	if e := t.file.Check(i*idSize, (i+1)*idSize); e != nil {
		*err = fmt.Errorf("%w: %w", records.ErrDamaged, e)
		return 0, 0
	}
	b := t.file.Bytes[i*idSize:]
	return binary.LittleEndian.Uint64(b), int(binary.LittleEndian.Uint32(b[8:]))
}
