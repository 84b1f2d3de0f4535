// Package embed turns texts into vectors: by the static table built into the program, or by a local server.
package embed

import "context"

// Embedder maps texts to vectors of Dimensions() float32 values with Euclidean length 1; a text it knows
// nothing of gets a vector of zeros. ID names model and version and goes into an index's manifest.
// Implementations are safe for concurrent use.
type Embedder interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	Dimensions() int
	ID() string
}
