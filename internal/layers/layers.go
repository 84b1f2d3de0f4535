// Package layers holds the picture of the project's packages as a test: which room may import which. It has no code
// of its own.
package layers
