// Package suggest chooses, from unlabelled text, the sentences whose annotation would teach an index most: those that
// are in doubt (uncertainty sampling, Lewis and Gale 1994), that are like many others (information density, Settles and
// Craven 2008), and that do not repeat one another's doubts. It writes no files and calls no model server.
package suggest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/embed"
)

// Settings are what the choice depends on besides index and text. The zero value is not useful; start from Defaults.
type Settings struct {
	N          int     // sentences to choose
	Measure    string  // of a span's doubt: "variance" or "errors"
	Length     float64 // power of the number of words by which a sentence's doubt is divided
	Density    float64 // power of the mean likeness to all sentences by which it is multiplied
	Again      float64 // what a span's doubt is still worth once its surface stands in a chosen sentence
	Candidates int     // sentences kept to choose from, those with the greatest doubt
	Workers    int     // 0: as many as processors; the result does not depend on it
	// Progress is told how many sentences are judged; may be nil.
	Progress func(done int)
}

// Defaults are the settings chosen on development data (docs/decisions/0015-suggest.md).
func Defaults() Settings {
	return Settings{N: 20, Measure: "variance", Density: 1, Again: 0.5, Candidates: 10000}
}

// Validate names the first setting that cannot be used.
func (s Settings) Validate() error {
	switch {
	case s.N < 1 || s.Candidates < 1 || s.Workers < 0:
		return fmt.Errorf("suggest: n %d, candidates %d, workers %d: n and candidates must be at least 1, and workers not negative", s.N, s.Candidates, s.Workers)
	case !(s.Length >= 0) || !(s.Density >= 0):
		return fmt.Errorf("suggest: length %g, density %g: want 0 or more", s.Length, s.Density)
	case s.Measure != "variance" && s.Measure != "errors":
		return fmt.Errorf("suggest: measure %q: want variance or errors", s.Measure)
	case !(s.Again >= 0 && s.Again <= 1):
		return fmt.Errorf("suggest: again %g: want 0 to 1", s.Again)
	}
	return nil
}

// Pick is a chosen sentence.
type Pick struct {
	corpora.Sentence         // with the id of its document, its number there, and its offset in bytes
	Score            float64 // by which it was chosen: at most 1, the first pick has 1
	Doubt            float64 // of its spans together, before anything was chosen
	Density          float64 // mean cosine similarity to all sentences looked at
	Doubts           []Doubt // in text order
	CodePoints       [2]int  // where it stands in its document
	Before, After    string  // the sentences next to it, or ""
}

// Report is the outcome.
type Report struct {
	Picks     []Pick // best first
	Sentences int    // looked at, without those below
	Known     int    // left out: they stand in the index
	Repeated  int    // left out: they came before
	Wordless  int    // left out: nothing but punctuation
	Judge     string // "learned", or "neighbours" where the index has no learned tagger
	Warnings  []string
}

// ErrNothing is the error where no sentence is left to choose from.
var ErrNothing = errors.New("there is nothing to suggest")

// Run chooses sentences of documents. Documents whose error is not nil are passed over: whoever yields them tells of
// them. The index is not changed.
func Run(ctx context.Context, x *index.Index, docs iter.Seq2[corpora.Document, error], s Settings) (Report, error) {
	if err := s.Validate(); err != nil {
		return Report{}, err
	}
	if s.Workers == 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	j, report, err := openJudge(x)
	if err != nil {
		return report, err
	}
	e, err := embed.NewStatic()
	if err != nil {
		return report, err
	}
	p := newPool(x, s)
	if err := p.fill(ctx, docs, func(ctx context.Context, b []input) ([]*candidate, error) { return judgeAll(ctx, j, e, b) }); err != nil {
		return report, err
	}
	report.Sentences, report.Known, report.Repeated, report.Wordless = p.seen, p.known, p.repeated, p.wordless
	report.Picks = p.choose()
	return report, errors.Join(x.Err(), p.nothing())
}
