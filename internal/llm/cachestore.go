package llm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"github.com/ragner/ragner/internal/boltfile"
)

// The buckets of a cache: answers by key; keys by a number that grows, so that the oldest answers can go first; and under
// sizeKey how many bytes keys and answers have together.
var (
	answers = []byte("answers")
	order   = []byte("order")
	sizes   = []byte("sizes")
	sizeKey = []byte("bytes")
)

// CacheInfo tells what an answer cache holds.
type CacheInfo struct {
	Answers   int   `json:"answers"`
	Bytes     int64 `json:"bytes"`      // of keys and answers
	FileBytes int64 `json:"file_bytes"` // of the file, which keeps the room of what was dropped
}

// InspectCache tells what the file at path holds. It is an error when there is no such file, when it is no answer cache, or
// when another program has it open.
func InspectCache(path string) (info CacheInfo, err error) {
	stat, err := os.Stat(path)
	if err != nil {
		return info, err
	}
	db, err := openStore(path)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	info.FileBytes = stat.Size()
	err = boltfile.View(db, func(tx *bbolt.Tx) error {
		info.Answers, info.Bytes = tx.Bucket(answers).Stats().KeyN, sizeOf(tx)
		return nil
	})
	return info, err
}

// ClearCache removes the file at path, if it is an answer cache that no other program has open.
func ClearCache(path string) (CacheInfo, error) {
	info, err := InspectCache(path)
	if err != nil {
		return info, err
	}
	return info, os.Remove(path)
}

// openStore opens or makes the file. Into another program's database nothing is written.
func openStore(path string) (*bbolt.DB, error) {
	db, err := boltfile.Open(path)
	if err == nil {
		if err = boltfile.Update(db, prepare); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("answer cache %s: %w", path, err)
	}
	return db, nil
}

// prepare makes the buckets of a new file and brings an older one up to date.
func prepare(tx *bbolt.Tx) error {
	if name, _ := tx.Cursor().First(); name != nil && tx.Bucket(answers) == nil {
		return errors.New("the file is no answer cache")
	}
	for _, bucket := range [][]byte{answers, order, sizes} {
		if _, err := tx.CreateBucketIfNotExists(bucket); err != nil {
			return err
		}
	}
	return adopt(tx)
}

// adopt brings the order and the size of answers that were kept without them.
func adopt(tx *bbolt.Tx) error {
	if tx.Bucket(sizes).Get(sizeKey) != nil {
		return nil
	}
	total := int64(0)
	err := tx.Bucket(answers).ForEach(func(key, data []byte) error {
		total += int64(len(key) + len(data))
		return enqueue(tx, key)
	})
	if err != nil {
		return err
	}
	return setSize(tx, total)
}

func enqueue(tx *bbolt.Tx, key []byte) error {
	number, err := tx.Bucket(order).NextSequence()
	if err != nil {
		return err
	}
	return tx.Bucket(order).Put(binary.BigEndian.AppendUint64(nil, number), key)
}

// put keeps an answer and drops the oldest ones while all together have more than limit bytes; 0: no limit.
func put(tx *bbolt.Tx, key, data []byte, limit int64) error {
	total := sizeOf(tx) + int64(len(data))
	if old := tx.Bucket(answers).Get(key); old != nil {
		total -= int64(len(old))
	} else {
		total += int64(len(key))
		if err := enqueue(tx, key); err != nil {
			return err
		}
	}
	if err := tx.Bucket(answers).Put(key, data); err != nil {
		return err
	}
	total, err := drop(tx, total, limit)
	if err != nil {
		return err
	}
	return setSize(tx, total)
}

func drop(tx *bbolt.Tx, total, limit int64) (int64, error) {
	for limit > 0 && total > limit {
		number, key := tx.Bucket(order).Cursor().First()
		if number == nil {
			break
		}
		total -= int64(len(key) + len(tx.Bucket(answers).Get(key)))
		if err := errors.Join(tx.Bucket(answers).Delete(key), tx.Bucket(order).Delete(number)); err != nil {
			return total, err
		}
	}
	return total, nil
}

func sizeOf(tx *bbolt.Tx) int64 {
	if data := tx.Bucket(sizes).Get(sizeKey); len(data) == 8 {
		return int64(binary.BigEndian.Uint64(data))
	}
	return 0
}

func setSize(tx *bbolt.Tx, bytes int64) error {
	return tx.Bucket(sizes).Put(sizeKey, binary.BigEndian.AppendUint64(nil, uint64(bytes)))
}
