//go:build !race

package retrieval

const racing = false
