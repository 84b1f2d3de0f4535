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
	v := NewEvaluator(e, twins)
	var counts []score.DocCounts
	for _, p := range pairs {
		counts = append(counts, v.Add(p))
	}
	x := v.Evaluation()
	x.Counts = counts
	return x
}

// Evaluator scores pairs as they come and keeps none of them.
type Evaluator struct {
	engine               Engine
	twins                map[string][]string
	scorer, seen, unseen *score.Scorer
	calibrator           *score.Calibrator
	inIndex              int

	link   score.Link
	linked bool // what was added to link counts
}

// NewEvaluator is empty. twins are those of Twins.
func NewEvaluator(e Engine, twins map[string][]string) *Evaluator {
	return &Evaluator{
		engine: e, twins: twins, scorer: score.NewDefault(), seen: score.NewDefault(), unseen: score.NewDefault(),
		calibrator: score.NewCalibrator(calibrationBins),
	}
}

// Add scores a gold document with what was found in it.
func (v *Evaluator) Add(p score.Pair) score.DocCounts {
	yes, no := score.Divide(p, func(text string, mention corpora.Entity) bool {
		return v.engine.Seen(p.Gold.ID, mention.Surface(text), v.twins[p.Gold.ID]...)
	})
	v.seen.Add(yes)
	v.unseen.Add(no)
	if len(v.twins[p.Gold.ID]) > 0 || stands(v.engine.Index(), p.Gold) {
		v.inIndex++
	}
	v.calibrator.Add(p)
	return v.scorer.Add(p)
}

// Link scores how well the mentions of a pair were resolved to concepts, those of gold at their own borders, too. It does
// nothing where the engine links none.
func (v *Evaluator) Link(ctx context.Context, p score.Pair) error {
	given, err := v.engine.Link(ctx, p.Gold, v.twins[p.Gold.ID]...)
	if v.linked = err == nil && given != nil; v.linked {
		v.link.Add(p, given, v.engine.Knows)
	}
	return err
}

// Evaluation is that of what was added; its Counts are nil.
func (v *Evaluator) Evaluation() *Evaluation {
	x := &Evaluation{Report: v.scorer.Report(), InIndex: v.inIndex, Calibration: v.calibrator.Calibration()}
	x.Seen, x.Unseen = v.seen.Report().Criteria, v.unseen.Report().Criteria
	if v.linked {
		x.Linking = v.link.Linking()
	}
	return x
}

// Link scores how well mentions were resolved to concepts, those of gold at their own borders, too; twins are those of
// Twins. It does nothing where e links none.
func (x *Evaluation) Link(ctx context.Context, e Engine, pairs []score.Pair, twins map[string][]string) error {
	v := NewEvaluator(e, twins)
	for _, p := range pairs {
		if err := v.Link(ctx, p); err != nil || !v.linked {
			return err
		}
	}
	x.Linking = v.link.Linking()
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
