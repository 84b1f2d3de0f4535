// Package embed turns texts into vectors: by the static table built into the program, or by a server, whose vectors
// a Cache keeps.
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

// Probed is an embedder whose ID may not tell all: some servers answer with whatever model they have loaded. Probe is
// its vector of a fixed word, by which another model is noticed; see SameModel.
type Probed interface {
	Embedder
	Probe() []float32
}

// sameModel is the least cosine of two probes of one model: another build of a server, or another processor, rounds
// otherwise, but not by that much.
const sameModel = 0.99

// SameModel compares the probes, or beginnings of equal length of them, of two embedders of one ID.
func SameModel(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	var ab, aa, bb float64
	for i, x := range a {
		y := float64(b[i])
		ab, aa, bb = ab+float64(x)*y, aa+float64(x)*float64(x), bb+y*y
	}
	return ab > 0 && ab*ab >= sameModel*sameModel*aa*bb
}
