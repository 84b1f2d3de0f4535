package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ragner/ragner/internal/embed"
)

// CacheMode says what becomes of the vectors that an embedding server gave.
type CacheMode string

// The cache modes. With all but CacheNone vectors are kept in a file beside the generations while a build runs, so that
// one that was stopped need not ask for them again.
const (
	CacheResume CacheMode = "resume" // the file is removed once a build has succeeded
	CacheKeep   CacheMode = "keep"   // it stays for the next one, unless it is full
	CacheNone   CacheMode = "none"
)

// CacheModes are all cache modes.
var CacheModes = []CacheMode{CacheResume, CacheKeep, CacheNone}

// CacheName is the file of the embedding server's vectors, in the index's folder.
const CacheName = "embeddings.cache"

// openCache puts a cache before the embedder.
func (b *builder) openCache(dir string) (err error) {
	if b.options.Embedder == nil || b.options.Cache == CacheNone {
		return nil
	}
	if _, asks := b.options.Embedder.(embed.Probed); !asks {
		return nil // the built-in table is faster than any file
	}
	if b.cache, err = embed.OpenCache(filepath.Join(dir, CacheName), b.options.CacheBytes); err != nil {
		return err
	}
	b.options.Embedder, err = b.cache.Through(b.options.Embedder)
	return err
}

// dropCache removes the file after a build that succeeded, unless it is to be kept. A full one never is: it would take
// nothing of the next build.
func (b *builder) dropCache(dir string) error {
	keep := b.options.Cache == CacheKeep
	if b.cache != nil {
		keep = keep && !b.cache.Full()
		if err := b.closeCache(); err != nil {
			return err
		}
	}
	if keep {
		return nil
	}
	if err := os.Remove(filepath.Join(dir, CacheName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (b *builder) closeCache() error {
	if b.cache == nil {
		return nil
	}
	cache := b.cache
	b.cache = nil
	return cache.Close()
}

// embedding explains an error of the embedder.
func (b *builder) embedding(name string, err error) error {
	if b.cache == nil {
		return fmt.Errorf("embed %s: %w", name, err)
	}
	return fmt.Errorf("embed %s: %w; the vectors that have come are kept: the same build goes on from there", name, err)
}

// probeLength is how many values of an embedder's probe a manifest holds.
const probeLength = 16

func probeOf(e embed.Embedder) []float32 {
	probed, ok := e.(embed.Probed)
	if !ok {
		return nil
	}
	probe := probed.Probe()
	return probe[:min(len(probe), probeLength)]
}

// fits reports whether e may be the model that made the vectors.
func (info EmbedderInfo) fits(e embed.Embedder) bool {
	probe := probeOf(e)
	return info.Probe == nil || probe == nil || embed.SameModel(info.Probe, probe)
}

// embedder describes the embedder for the manifest; one that does not know its dimensions yet embeds a word.
func (o Options) embedder(ctx context.Context) (EmbedderInfo, error) {
	if o.Embedder == nil {
		return EmbedderInfo{}, nil
	}
	info := EmbedderInfo{ID: o.Embedder.ID(), Name: o.EmbedderID, Dimensions: o.Embedder.Dimensions(), Probe: probeOf(o.Embedder)}
	if info.ID == "" {
		return info, errors.New("the embedder has no id")
	}
	if info.Name == "" {
		info.Name = info.ID
	}
	if info.Dimensions > 0 {
		return info, nil
	}
	vectors, err := o.Embedder.Embed(ctx, []string{"word"})
	if err != nil {
		return info, err
	}
	if len(vectors) != 1 || len(vectors[0]) == 0 {
		return info, errors.New("the embedder gave no vector")
	}
	info.Dimensions = len(vectors[0])
	return info, nil
}
