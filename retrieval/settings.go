package retrieval

import (
	"fmt"
	"slices"
	"strings"
)

// Modes are the ways to find demonstrations.
var Modes = []string{"hybrid", "dense", "lexical", "random", "fixed", "none"}

// Fusions are the ways to join the lexical and the dense list.
var Fusions = []string{"minmax", "rrf"}

// Settings says what a retriever looks for. The zero value is not useful; start from Defaults.
type Settings struct {
	Mode          string  // one of Modes; "fixed" shows the same K sentences to every query
	K             int     // demonstrations
	Terms         int     // most term hits
	Candidates    int     // rows that each channel hands to the fusion
	Pool          int     // fused rows from which the K are chosen
	Fusion        string  // one of Fusions
	DenseWeight   float64 // of the dense channel in min-max fusion, 0 to 1; the lexical one has the rest
	Coverage      bool    // choose among the candidates so that together they cover the input's words
	Balance       bool    // and the labels
	NearDuplicate float64 // leave out sentences whose word sets overlap more than this (Jaccard); 0: keep all
	MinPrior      float64 // least prior of a term hit
	Fuzzy         bool    // term hits over a word that is spelled a little differently, as by a typing error
	Plurals       bool    // term hits in another number than the name ("metastases", "abscesses", "fistulae")
	Spellings     bool    // term hits in British or American spelling, without accents, with other numerals
	WordOrder     bool    // term hits whose words stand in another order ("cancer of the breast", "anemia, sickle cell")
	Passages      int     // unlabelled passages
	Seed          uint64  // of the random and fixed modes
}

// Defaults are the settings measured best on development data (docs/results.md).
func Defaults() Settings {
	return Settings{
		Mode: "hybrid", K: 5, Terms: 10, Candidates: 50, Pool: 30, Fusion: "minmax", DenseWeight: 0.4,
		Coverage: true, NearDuplicate: 0.9, MinPrior: 0.1, Fuzzy: true,
		Plurals: true, Spellings: true, WordOrder: true, Seed: 1,
	}
}

// Validate names the first setting that cannot be used.
func (s Settings) Validate() error {
	switch {
	case !slices.Contains(Modes, s.Mode):
		return fmt.Errorf("retrieval mode %q: want one of %s", s.Mode, strings.Join(Modes, ", "))
	case !slices.Contains(Fusions, s.Fusion):
		return fmt.Errorf("retrieval fusion %q: want one of %s", s.Fusion, strings.Join(Fusions, ", "))
	case s.K < 0 || s.Terms < 0 || s.Passages < 0:
		return fmt.Errorf("retrieval: k %d, terms %d, passages %d: none may be negative", s.K, s.Terms, s.Passages)
	case s.DenseWeight < 0 || s.DenseWeight > 1 || s.DenseWeight != s.DenseWeight:
		return fmt.Errorf("retrieval dense weight %g: want 0 to 1", s.DenseWeight)
	case s.NearDuplicate < 0 || s.NearDuplicate > 1:
		return fmt.Errorf("retrieval near-duplicate threshold %g: want 0 to 1", s.NearDuplicate)
	case s.MinPrior < 0 || s.MinPrior > 1:
		return fmt.Errorf("retrieval least prior %g: want 0 to 1", s.MinPrior)
	}
	return nil
}
