package jsonl

import (
	"maps"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// sorted is a copy in the order of every output.
func sorted(entities []corpora.Entity) []corpora.Entity {
	return slices.SortedStableFunc(slices.Values(entities), corpora.CompareEntities)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
