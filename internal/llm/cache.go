package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// cacheFormat is part of every key; it changes when what is stored, or what an answer depends on, changes.
const cacheFormat = "ragner answer 1"

// Cache keeps complete answers in one file, so that a run that is repeated or resumed asks only what is new. A key is
// a hash of the model's identity and the whole request, and holds no text; the values hold the answers, so the
// file is as private as the texts are, and only its owner can read it.
type Cache struct {
	db    *bbolt.DB
	inner Identified
	limit int64
}

// Identified is a Generator whose model has an identity.
type Identified interface {
	Generator
	Identity(ctx context.Context) (string, error)
}

var _ Identified = (*Cache)(nil)

// NewCache opens or makes the file at path before inner. The oldest answers go when all have more than limit bytes; 0: no
// limit. One program can have the file open at a time.
func NewCache(path string, limit int64, inner Identified) (*Cache, error) {
	db, err := openStore(path)
	if err != nil {
		return nil, err
	}
	return &Cache{db: db, inner: inner, limit: limit}, nil
}

// Close ends the use of the file.
func (c *Cache) Close() error { return c.db.Close() }

// Identity is inner's.
func (c *Cache) Identity(ctx context.Context) (string, error) { return c.inner.Identity(ctx) }

// Digest is a hash of everything in a request that its answer depends on, as 64 hexadecimal digits.
func Digest(r Request) string {
	data, err := json.Marshal(r)
	if err != nil { // a Schema that is no JSON cannot be sent either
		data = []byte(err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Generate answers from the file where it can. Only complete answers are kept.
func (c *Cache) Generate(ctx context.Context, r Request) (Response, error) {
	identity, err := c.inner.Identity(ctx)
	if err != nil {
		return Response{}, err
	}
	sum := sha256.Sum256([]byte(cacheFormat + "\x00" + identity + "\x00" + Digest(r)))
	key := sum[:]
	if response, ok := c.look(key); ok {
		return response, nil
	}
	response, err := c.inner.Generate(ctx, r)
	if err != nil {
		return response, err
	}
	return response, c.keep(key, response)
}

// look finds an answer. One that cannot be read counts as none and is replaced.
func (c *Cache) look(key []byte) (response Response, ok bool) {
	err := c.db.View(func(tx *bbolt.Tx) error {
		data := tx.Bucket(answers).Get(key)
		ok = data != nil && json.Unmarshal(data, &response) == nil
		return nil
	})
	response.Cached = true
	return response, ok && err == nil
}

func (c *Cache) keep(key []byte, response Response) error {
	data, err := json.Marshal(response)
	if err != nil {
		return fmt.Errorf("answer cache: %w", err)
	}
	// Batch joins the writes of concurrent calls into one synced transaction.
	err = c.db.Batch(func(tx *bbolt.Tx) error { return put(tx, key, data, c.limit) })
	if err != nil {
		return fmt.Errorf("answer cache %s: %w", c.db.Path(), err)
	}
	return nil
}
