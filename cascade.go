package ragner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/tag"
)

// ErrNothingHeldOut says that an index has no learned tagger, or no sentences that it was not learned from.
var ErrNothingHeldOut = errors.New("the index has no learned tagger with sentences held out")

// openCascade makes a cascade of what the index has learned and the model. Where it has learned nothing the model tags
// alone.
func (e *Engine) openCascade() error {
	if err := e.openModel(); err != nil {
		return err
	}
	if e.model.Learned == nil {
		e.warnings = append(e.warnings, "the index has no learned tagger: the model tags alone, as with --tagger llm")
		return nil
	}
	asker, err := e.newAsker()
	if err != nil {
		return err
	}
	e.cascade = &tag.Cascade{Learned: e.model.Learned, Asker: asker, Stack: asker.Stack(), Budget: e.options.Cascade.Budget}
	e.tagger = e.cascade
	return nil
}

func (e *Engine) newAsker() (tag.Asker, error) {
	if e.options.Cascade.Ask == "entities" {
		return &tag.AskEntities{Model: e.model}, nil
	}
	held, err := e.model.Learned.Model.HeldOut(e.index)
	if err != nil {
		return nil, e.index.CorruptLearned(err)
	}
	return &tag.AskQuestions{Model: e.model, Examples: tag.Examples(held, e.options.Cascade.Examples)}, nil
}

// Settle asks the model server of a cascade what its model is, and takes what is known of how far to believe it. Where no
// server answers, the tagger is from then on what the index has learned. Tag does it where it was not done; Warnings
// tell of it afterwards.
func (e *Engine) Settle(ctx context.Context) error {
	e.settling.Lock()
	defer e.settling.Unlock()
	if e.cascade == nil || e.settled {
		return nil
	}
	identity, err := e.backend.Identity(ctx)
	var failed *llm.Error
	switch {
	case errors.As(err, &failed) && failed.Kind == llm.Unreachable:
		e.warnings = append(e.warnings, "no model server answers: the learned tagger tags alone")
		e.tagger, e.cascade, e.model = e.cascade.Learned, nil, nil
	case err != nil:
		return err
	default:
		e.believe(identity)
	}
	e.settled = true
	return nil
}

// believe takes the stack that was learned for the model.
func (e *Engine) believe(identity string) {
	s, known := e.index.Manifest().StackedFor(identity, e.options.Cascade.Ask)
	if !known || learn.Stack(s.Weights).Validate(e.cascade.Asker.Features()) != nil {
		e.warnings = append(e.warnings, "how far to believe this model was not learned on this index, a cautious guess stands in; ragner calibrate learns it")
		return
	}
	e.cascade.Stack = s.Weights
}

// Calibration is what Calibrate found.
type Calibration struct {
	index.Stacked
	Stats Stats `json:"stats"`
}

// Calibrate learns how far to believe the model beside the learned tagger: it asks about at most so many of the sentences
// that the tagger was not learned from and is in as much doubt about as the budget allows, and fits a stack to what both
// say and what is annotated. Where that does not predict better than the tagger alone, surely (by 1.645 standard errors), in
// cross-validation, the model is not believed at all. Nothing is written; index.Stack does it. progress is not called concurrently.
func (e *Engine) Calibrate(ctx context.Context, most int, progress func(done, total int)) (Calibration, error) {
	if e.cascade == nil {
		return Calibration{}, ErrNothingHeldOut
	}
	identity, err := e.backend.Identity(ctx)
	if err != nil {
		return Calibration{}, err
	}
	held, err := e.doubtful(most)
	if err != nil {
		return Calibration{}, err
	}
	judged, stats, err := e.judge(ctx, held, progress)
	if err != nil {
		return Calibration{Stats: stats}, err
	}
	features := e.cascade.Asker.Features()
	c := Calibration{Stats: stats, Stacked: index.Stacked{
		Model: identity, Ask: e.options.Cascade.Ask, Sentences: len(held), Opinions: len(judged),
		Weights: learn.FitStack(judged, features),
	}}
	worth := learn.WorthOf(judged, features)
	if c.Loss, c.Alone, c.Error = worth.Loss, worth.Alone, worth.Error; !worth.Surely() {
		c.Weights = learn.Alone(features)
	}
	return c, nil
}

// doubtful takes at most so many of the held-out sentences that a cascade would ask about, spread evenly.
func (e *Engine) doubtful(most int) ([]learn.HeldOut, error) {
	model := e.cascade.Learned.Model
	held, err := model.HeldOut(e.index)
	if err != nil {
		return nil, e.index.CorruptLearned(err)
	}
	least := max(model.DoubtOf(e.options.Cascade.Budget), tag.LeastDoubt)
	held = slices.DeleteFunc(held, func(h learn.HeldOut) bool { return learn.Doubt(h.Proposals) < least })
	if len(held) == 0 {
		return nil, ErrNothingHeldOut
	}
	n := min(most, len(held))
	list := make([]learn.HeldOut, n)
	for i := range list {
		list[i] = held[i*len(held)/n]
	}
	return list, nil
}

func (e *Engine) judge(ctx context.Context, held []learn.HeldOut, progress func(done, total int)) ([]learn.Judged, Stats, error) {
	results := make([][]learn.Judged, len(held))
	counts := make([]Stats, len(held))
	finished := make(chan struct{}, len(held))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(e.options.Model.Concurrency, llm.MostInFlight) + 1)
	group.Go(func() error {
		for done := range len(held) {
			select {
			case <-finished:
				progress(done+1, len(held))
			case <-ctx.Done():
				return nil
			}
		}
		return nil
	})
	for i, h := range held {
		group.Go(func() (err error) {
			results[i], counts[i], err = e.cascade.Judge(ctx, h)
			if err != nil {
				return fmt.Errorf("sentence %d of document %s: %w", h.Index+1, h.DocID, err)
			}
			finished <- struct{}{}
			return nil
		})
	}
	err := group.Wait()
	var all []learn.Judged
	var stats Stats
	for i, list := range results {
		stats = stats.Add(counts[i])
		for _, j := range list {
			j.Sentence = i
			all = append(all, j)
		}
	}
	return all, stats, err
}
