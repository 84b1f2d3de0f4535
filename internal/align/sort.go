package align

import (
	"cmp"
	"slices"
)

// sortBy sorts by a number, stably.
func sortBy[T any](list []T, key func(T) int) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
