package tag

import (
	"context"
	"iter"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ragner/ragner/corpora"
)

// Document tags a document sentence by sentence and returns it with the entities found, its own annotations gone.
// around is how many sentences before and after go along with each as context; without names documents that must not be
// shown, besides the document itself. The first sentence that fails fails the document.
func Document(ctx context.Context, t Tagger, doc corpora.Document, around int, without ...string) (corpora.Document, Stats, error) {
	doc.Entities, doc.Err = nil, nil
	var found []corpora.Entity
	var stats Stats
	err := tagSentences(ctx, t, batches(doc, around, without), func(in Input, p Prediction) {
		stats = stats.Add(p.Stats)
		for _, e := range p.Entities {
			found = append(found, e.Shift(in.Sentence.Offset))
		}
	})
	if err != nil {
		return doc, stats, err
	}
	slices.SortStableFunc(found, corpora.CompareEntities)
	doc.Entities = found
	return doc, stats, nil
}

// tagSentences tags sentences one after the other, until one fails, and gives add each with its prediction. Where their
// turns are settled elsewhere it needs them all at once.
func tagSentences(ctx context.Context, t Tagger, inputs iter.Seq[[]Input], add func(Input, Prediction)) error {
	if s := sharer(t); s != nil {
		all := slices.Concat(slices.Collect(inputs)...)
		predictions, err := tagTogether(ctx, t, s, all)
		for i, p := range predictions {
			add(all[i], p)
		}
		return err
	}
	for batch := range inputs {
		for _, in := range batch {
			p, err := t.Tag(ctx, in)
			add(in, p)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// PlanAlone plans which sentences of a document that was not prepared are put into one prompt, if any are. forget takes
// the plan back.
func PlanAlone(ctx context.Context, t Tagger, inputs []Input) (forget func(), err error) {
	s := sharer(t)
	if s == nil || s.Together < 2 || s.prepared(inputs) {
		return func() {}, nil
	}
	if asker, ok := t.(interface {
		Asked(ctx context.Context, inputs []Input) ([]Input, error)
	}); ok {
		if inputs, err = asker.Asked(ctx, inputs); err != nil {
			return nil, err
		}
	}
	return s.prepareAlone(ctx, inputs)
}

// sharer is what settles the turns of a tagger's sentences, nil where nothing does.
func sharer(t Tagger) *Sharer {
	switch t := t.(type) {
	case *LLM:
		return t.Sharer
	case *Cascade:
		if a, ok := t.Asker.(*AskEntities); ok {
			return a.Model.Sharer
		}
	}
	return nil
}

// tagTogether tags sentences all at the same time, since the turn of each is settled elsewhere. The first failure
// calls the others off; a panic becomes the caller's.
func tagTogether(ctx context.Context, t Tagger, s *Sharer, inputs []Input) ([]Prediction, error) {
	forget, err := PlanAlone(ctx, t, inputs)
	if err != nil {
		return nil, err
	}
	defer forget()
	predictions := make([]Prediction, len(inputs))
	group, ctx := errgroup.WithContext(ctx)
	for i, in := range inputs {
		group.Go(func() (err error) {
			defer func() {
				if value := recover(); value != nil {
					err = bug{value}
				}
			}()
			predictions[i], err = t.Tag(ctx, in)
			return err
		})
	}
	err = group.Wait()
	if b, ok := err.(bug); ok { //nolint:errorlint // nobody wraps it
		panic(b.value)
	}
	return predictions, err
}

// bug carries the value of a panic from one goroutine to another.
type bug struct{ value any }

func (bug) Error() string { return "a panic" }
