//go:build race

package retrieval

// racing: the race detector makes everything ten times slower.
const racing = true
