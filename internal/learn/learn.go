// Package learn is the tagger that is learned from the index's annotated sentences: a linear-chain conditional random
// field (Lafferty, McCallum and Pereira 2001) over words, their contexts, and what the index says of a sentence when the
// sentence's own document is held out, so that training sees what tagging will see. It gives each mention an exact,
// calibrated probability. It reads an index through package retrieval and does no I/O of its own.
package learn

import (
	"errors"
	"fmt"
)

// Settings are what learning depends on besides the data. The zero value is not useful; start from Defaults.
type Settings struct {
	Least      int     // annotated sentences below which nothing is learned
	L2         float64 // strength of the Gaussian prior on the weights
	Iterations int     // of the optimiser, at most
	Workers    int     // 0: as many as processors; the result does not depend on it
}

// Defaults are the settings measured best on development data (docs/decisions/0013-learned.md).
func Defaults() Settings { return Settings{Least: 200, L2: 4, Iterations: 100} }

// Validate names the first setting that cannot be used.
func (s Settings) Validate() error {
	switch {
	case s.Least < 0 || s.Iterations < 1 || s.Workers < 0:
		return fmt.Errorf("learn: least %d, iterations %d, workers %d: none may be negative, and one iteration is the least",
			s.Least, s.Iterations, s.Workers)
	case !(s.L2 > 0) || !finite(s.L2):
		return fmt.Errorf("learn: l2 %g: want a number above 0", s.L2)
	}
	return nil
}

// Version is the version of the features and the file. A model of another version cannot be used.
const Version = 3

// What a caller may branch on.
var (
	// ErrVersion: the model was written by another version; the index must be built anew to have one.
	ErrVersion = errors.New("the tagger was learned by another version")
	// ErrDamaged: the bytes are no model.
	ErrDamaged = errors.New("the learned tagger is damaged")
)

// Mention is a stretch of tokens with a label and its probability.
type Mention struct {
	First, Last int // tokens, both inclusive
	Label       string
	Score       float64 // calibrated probability that just these tokens are annotated with just this label
}
