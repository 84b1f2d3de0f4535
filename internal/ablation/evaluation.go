package ablation

import (
	"context"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// calibrationBins is the number of ranges of scores of the reliability curve.
const calibrationBins = 10

// Evaluate scores pairs of gold and tagged documents; mentions whose surface e has seen, apart from the others. twins
// are those of Twins.
func Evaluate(e Engine, pairs []score.Pair, twins map[string][]string) *Evaluation {
	x := &Evaluation{}
	scorer := score.NewDefault()
	seen, unseen := score.NewDefault(), score.NewDefault()
	for _, p := range pairs {
		scorer.Add(p)
		yes, no := score.Divide(p, func(text string, mention corpora.Entity) bool {
			return e.Seen(p.Gold.ID, mention.Surface(text), twins[p.Gold.ID]...)
		})
		seen.Add(yes)
		unseen.Add(no)
		if len(twins[p.Gold.ID]) > 0 || len(e.Index().SentencesOf(p.Gold.ID)) > 0 {
			x.InIndex++
		}
	}
	x.Report, x.Counts = scorer.Report(), scorer.Docs()
	x.Seen, x.Unseen = seen.Report().Criteria, unseen.Report().Criteria
	x.Calibration = score.Calibrate(pairs, calibrationBins)
	return x
}

// Link scores how well mentions were resolved to concepts, those of gold at their own borders, too; twins are those of
// Twins. It does nothing where e links none.
func (x *Evaluation) Link(ctx context.Context, e Engine, pairs []score.Pair, twins map[string][]string) error {
	var l score.Link
	for _, p := range pairs {
		given, err := e.Link(ctx, p.Gold, twins[p.Gold.ID]...)
		if err != nil || given == nil {
			return err
		}
		l.Add(p, given, e.Knows)
	}
	x.Linking = l.Linking()
	return nil
}

// AddCost adds what a document cost.
func (x *Evaluation) AddCost(s tag.Stats, seconds float64) {
	x.Seconds += seconds
	x.Sentences += s.Sentences
	x.Calls += s.Calls
	x.CacheHits += s.CacheHits
	x.PromptTokens += s.PromptTokens
	x.CachedTokens += s.CachedTokens
	x.OutputTokens += s.OutputTokens
	x.Unaligned += s.Unaligned
	x.Asked += s.Asked
	x.AskedAgain += s.AskedAgain
	x.Unanswered += s.Unanswered
	x.Leaks += s.Leaks
	x.Dropped += s.Dropped
	x.Split += s.Split
	x.Overflows += s.Overflows
}
