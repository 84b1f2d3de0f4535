package lexicon

import (
	"context"

	"github.com/ragner/ragner/corpora"
)

// learned is what matching the indexed sentences teaches, each with its own annotations held out, so that it is what matching
// unseen text is like.
type learned struct {
	borders Borders
	novel   map[string]Rate // by label
}

func newLearned() learned { return learned{Borders{}, map[string]Rate{}} }

// learn matches all sentences; sums do not depend on who counts what.
func (l *Lexicon) learn(ctx context.Context, w *walker) (learned, error) {
	sum := newLearned()
	err := walk(ctx, w, func(a corpora.Annotated, found *learned) {
		if len(a.Entities) == 0 {
			return
		}
		if found.borders == nil {
			*found = newLearned()
		}
		unseen := l.unseen(a)
		found.borders.learn(a, unseen)
		countNovel(a, unseen, found.novel)
	}, sum.add)
	return sum, err
}

// unseen is what the lexicon would know of an indexed sentence that it had not seen.
func (l *Lexicon) unseen(a corpora.Annotated) []Candidate {
	return Longest(l.Candidates(a.Sentence, l.holdCounts(a)), learnPrior)
}

func (s learned) add(other learned) {
	for key, t := range other.borders {
		s.borders.add(key, t)
	}
	for label, r := range other.novel {
		s.novel[label] = Rate{s.novel[label].Hits + r.Hits, s.novel[label].Trials + r.Trials}
	}
}
