package main

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// grown are n sentences, all different: the pool's own, then copies in which one word in five is another one, drawn as
// often as the pool has it. The same pool and n give the same list, and a shorter list begins a longer one. New words
// do not come: a real collection of this size has more rare ones.
func grown(pool []string, n int) []string {
	pool, seen := distinct(pool)
	if len(pool) >= n || len(pool) == 0 {
		return pool[:min(n, len(pool))]
	}
	rng := rand.New(rand.NewPCG(uint64(len(pool)), 2))
	list := slices.Clone(pool)
	for tries := 0; len(list) < n && tries < 10*n; tries++ {
		copied := altered(rng, pool, pool[len(list)%len(pool)])
		if hash := xxhash.Sum64String(copied); !seen[hash] {
			seen[hash] = true
			list = append(list, copied)
		}
	}
	return list
}

func distinct(pool []string) ([]string, map[uint64]bool) {
	seen := make(map[uint64]bool, len(pool))
	var kept []string
	for _, text := range pool {
		if hash := xxhash.Sum64String(text); !seen[hash] {
			seen[hash] = true
			kept = append(kept, text)
		}
	}
	return kept, seen
}

// altered is text with other words at random places, one at least.
func altered(rng *rand.Rand, pool []string, text string) string {
	words := strings.Fields(text)
	for range 1 + len(words)/5 {
		others := strings.Fields(pool[rng.IntN(len(pool))])
		words[rng.IntN(len(words))] = others[rng.IntN(len(others))]
	}
	return strings.Join(words, " ")
}
