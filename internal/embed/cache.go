package embed

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"go.etcd.io/bbolt"

	"github.com/ragner/ragner/internal/boltfile"
)

// cacheFormat is part of every key; it changes when what is stored changes.
const cacheFormat = "ragner embedding 1"

// The buckets of a cache: vectors by text, and by model the probe of when its vectors came.
var vectorBucket, probeBucket = []byte("vectors"), []byte("probes")

// Cache keeps a server's vectors in one file, so that a build that was stopped goes on where it was. A key is a hash of
// the embedder's ID and the text, and holds no text; but a vector tells what its text is about, so the file is as
// private as the texts are, and only its owner can read it. A value that is damaged counts as none.
type Cache struct {
	db    *bbolt.DB
	limit int64
	hits  atomic.Int64
}

// OpenCache opens or makes the file at path. It takes no more vectors once it has so many bytes. A file that cannot be
// read is made anew.
func OpenCache(path string, limit int64) (*Cache, error) {
	db, err := boltfile.Open(path, vectorBucket, probeBucket)
	if err != nil && !errors.Is(err, boltfile.ErrInUse) {
		if removed := os.Remove(path); removed != nil {
			return nil, fmt.Errorf("vector cache %s: %w", path, err)
		}
		db, err = boltfile.Open(path, vectorBucket, probeBucket)
	}
	if err != nil {
		return nil, fmt.Errorf("vector cache %s: %w", path, err)
	}
	return &Cache{db: db, limit: limit}, nil
}

// Close ends the use of the file.
func (c *Cache) Close() error { return c.db.Close() }

// Hits is how many vectors were taken from the file.
func (c *Cache) Hits() int { return int(c.hits.Load()) }

// Full reports whether the file takes no more vectors.
func (c *Cache) Full() bool {
	full := true
	_ = boltfile.View(c.db, func(tx *bbolt.Tx) error {
		full = tx.Size() >= c.limit
		return nil
	})
	return full
}

// Through is e with its vectors kept in c, or e itself when it asks no server: the built-in table is faster than any
// file. Vectors of another model under e's ID are forgotten.
func (c *Cache) Through(e Embedder) (Embedder, error) {
	asks, ok := e.(*remote)
	if !ok {
		return e, nil
	}
	through := *asks
	through.cache = c
	err := boltfile.Update(c.db, func(tx *bbolt.Tx) error {
		known := decode(tx.Bucket(probeBucket).Get([]byte(e.ID())))
		if known == nil || SameModel(known, asks.probe) {
			return tx.Bucket(probeBucket).Put([]byte(e.ID()), encode(asks.probe))
		}
		for _, bucket := range [][]byte{vectorBucket, probeBucket} {
			if err := tx.DeleteBucket(bucket); err != nil {
				return err
			}
			if _, err := tx.CreateBucket(bucket); err != nil {
				return err
			}
		}
		return tx.Bucket(probeBucket).Put([]byte(e.ID()), encode(asks.probe))
	})
	if err != nil {
		return nil, fmt.Errorf("vector cache %s: %w", c.db.Path(), err)
	}
	return &through, nil
}

// look is the vector of a text, nil when it is not there.
func (c *Cache) look(e *remote, text string) (v []float32) {
	_ = boltfile.View(c.db, func(tx *bbolt.Tx) error {
		v = decode(tx.Bucket(vectorBucket).Get(keyOf(e, text)))
		return nil
	})
	if len(v) != e.Dimensions() {
		return nil
	}
	c.hits.Add(1)
	return v
}

// keep stores the vectors of texts in one synced transaction, as long as there is room.
func (c *Cache) keep(e *remote, texts []string, vectors []vector) error {
	err := boltfile.Update(c.db, func(tx *bbolt.Tx) error {
		if tx.Size() >= c.limit {
			return nil
		}
		for i, text := range texts {
			if err := tx.Bucket(vectorBucket).Put(keyOf(e, text), encode(vectors[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vector cache %s: %w", c.db.Path(), err)
	}
	return nil
}

func keyOf(e *remote, text string) []byte {
	sum := sha256.Sum256([]byte(cacheFormat + "\x00" + e.id + "\x00" + text))
	return sum[:]
}

// encode writes a checksum and the values.
func encode(v []float32) []byte {
	data := make([]byte, 8, 8+4*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	binary.LittleEndian.PutUint64(data, xxhash.Sum64(data[8:]))
	return data
}

// decode is nil where data is not what encode wrote.
func decode(data []byte) []float32 {
	if len(data) <= 8 || len(data)%4 != 0 || binary.LittleEndian.Uint64(data) != xxhash.Sum64(data[8:]) {
		return nil
	}
	v := make([]float32, 0, len(data)/4-2)
	for at := 8; at < len(data); at += 4 {
		v = append(v, math.Float32frombits(binary.LittleEndian.Uint32(data[at:])))
	}
	return v
}
