package retrieval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ragner/ragner/index/lexical"
)

// Modes are the ways to find demonstrations.
var Modes = []string{"hybrid", "dense", "lexical", "random", "fixed", "none"}

// Fusions are the ways to join the lexical and the dense list.
var Fusions = []string{"minmax", "rrf"}

// Covers are what coverage counts.
var Covers = []string{"words", coverPieces}

const coverPieces = "pieces"

// Settings says what a retriever looks for. The zero value is not useful; start from Defaults.
type Settings struct {
	Mode        string  // one of Modes; "fixed" shows the same K sentences to every query
	K           int     // demonstrations
	Terms       int     // most term hits
	Candidates  int     // rows that each channel hands to the fusion
	Pool        int     // fused rows from which the K are chosen
	Fusion      string  // one of Fusions
	DenseWeight float64 // of the dense channel in min-max fusion, 0 to 1; the lexical one has the rest
	K1          float64 // of BM25, from 0 to 1e6: how much repetition of a word counts
	B           float64 // of BM25, 0 to 1: how much a sentence's length counts

	// Coverage chooses among the candidates so that together they cover the input's words and likely mentions. The
	// settings from Cover to Novel refine it, and do nothing without it.
	Coverage bool
	// Cover is one of Covers: whole words, or their character 4-grams, so that a word of the same stem counts in part.
	Cover string
	// LabelWeight is how much more a word counts that always stands in mentions, 0 or more; one that stands beside them
	// counts half of that. (Bai, Hassanzadeh, Saeedi and Dredze 2025, DEER, arXiv 2505.23722, weigh tokens so.)
	LabelWeight float64
	// Roles lets a sentence cover a word only where the word stands as it likely does in the input: in a mention, or
	// outside of every one. Pieces of words have no role.
	Roles bool
	// Mentions is what showing a likely mention annotated is worth, 0 or more; 2 is what all words together are worth.
	Mentions float64
	// PerMention is how many sentences are searched for each likely mention, besides the pool (entity-level retrieval;
	// Wang et al. 2023, GPT-NER, arXiv 2304.10428).
	PerMention int
	// Novel searches so for what looks like a name that the lexicon does not know, too.
	Novel bool

	Balance       bool    // choose so that labels are balanced
	MMR           float64 // lambda of maximal marginal relevance, 0 to 1 (Carbonell and Goldstein 1998), with Jaccard likeness of words; 1: off
	NearDuplicate float64 // leave out sentences whose word sets overlap more than this (Jaccard); 0: keep all
	LeastWords    int     // of a demonstration, punctuation not counted
	MostWords     int     // of a demonstration; 0: any number
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
		Mode: "hybrid", K: 5, Terms: 10, Candidates: 50, Pool: 30, Fusion: "minmax", DenseWeight: 0.4, K1: 1.2, B: 0.75,
		Coverage: true, Cover: "words", LabelWeight: 10, Roles: true, Mentions: 1, PerMention: 5,
		MMR: 1, NearDuplicate: 0.9, MinPrior: 0.1, Fuzzy: true,
		Plurals: true, Spellings: true, WordOrder: true, Seed: 1,
	}
}

// drawn are the settings for sentences that are drawn, not found: nothing is chosen among them but for repetitions.
func (s Settings) drawn() Settings {
	s.Coverage, s.Balance, s.MMR = false, false, 1
	return s
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
	case !slices.Contains(Covers, s.Cover):
		return fmt.Errorf("retrieval cover %q: want one of %s", s.Cover, strings.Join(Covers, ", "))
	case !(s.LabelWeight >= 0 && s.LabelWeight <= mostWeight) || !(s.Mentions >= 0 && s.Mentions <= mostWeight):
		return fmt.Errorf("retrieval label weight %g, mentions %g: want 0 to %d", s.LabelWeight, s.Mentions, mostWeight)
	case s.PerMention < 0 || s.LeastWords < 0 || s.MostWords < 0:
		return fmt.Errorf("retrieval per mention %d, least words %d, most words %d: none may be negative", s.PerMention, s.LeastWords, s.MostWords)
	case s.MostWords > 0 && s.MostWords < s.LeastWords:
		return fmt.Errorf("retrieval most words %d: want 0 or at least the least words, %d", s.MostWords, s.LeastWords)
	case !(s.MMR >= 0 && s.MMR <= 1):
		return fmt.Errorf("retrieval mmr %g: want 0 to 1", s.MMR)
	case s.NearDuplicate < 0 || s.NearDuplicate > 1:
		return fmt.Errorf("retrieval near-duplicate threshold %g: want 0 to 1", s.NearDuplicate)
	case s.MinPrior < 0 || s.MinPrior > 1:
		return fmt.Errorf("retrieval least prior %g: want 0 to 1", s.MinPrior)
	}
	return lexical.Parameters{K1: s.K1, B: s.B}.Validate()
}

// mostWeight bounds weights, so that sums stay exact enough.
const mostWeight = 100
