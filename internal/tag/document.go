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

// tagSentences tags sentences until one fails, and gives add each with its prediction. For a tagger that plans they are
// taken a stretch at a time.
func tagSentences(ctx context.Context, t Tagger, inputs iter.Seq[[]Input], add func(Input, Prediction)) error {
	if plans(t) {
		inputs = stretches(inputs)
	}
	for some := range inputs {
		predictions, err := tagStretch(ctx, t, some)
		for i, p := range predictions {
			add(some[i], p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tagStretch tags sentences one after the other, or all at the same time where their turns are settled elsewhere.
func tagStretch(ctx context.Context, t Tagger, inputs []Input) ([]Prediction, error) {
	forget, err := PlanAlone(ctx, t, inputs)
	if err != nil {
		return nil, err
	}
	defer forget()
	if sharer(t) != nil {
		return tagTogether(ctx, t, inputs)
	}
	predictions := make([]Prediction, 0, len(inputs))
	for _, in := range inputs {
		p, err := t.Tag(ctx, in)
		predictions = append(predictions, p)
		if err != nil {
			return predictions, err
		}
	}
	return predictions, nil
}

// plans reports whether a tagger wants to see many sentences before it tags the first.
func plans(t Tagger) bool {
	_, chooses := t.(*Cascade)
	return chooses || sharer(t) != nil
}

// PlanAlone plans sentences that were not prepared: which of them the model is asked about, in a cascade, and which
// demonstrations and prompts they share. The function that is returned takes the plan back.
func PlanAlone(ctx context.Context, t Tagger, inputs []Input) (func(), error) {
	s, forget := sharer(t), func() {}
	if s != nil && s.prepared(inputs) {
		return forget, nil
	}
	asked, err := inputs, error(nil)
	switch t := t.(type) {
	case *Cascade:
		if t.prepared(inputs) {
			return forget, nil
		}
		asked, forget, err = t.prepareAlone(ctx, inputs)
	case *LLM:
		if s != nil {
			asked, err = t.Asked(ctx, inputs)
		}
	}
	if err != nil || s == nil {
		return forget, err
	}
	unshare, err := s.prepareAlone(ctx, asked)
	if err != nil {
		forget()
		return nil, err
	}
	return func() { unshare(); forget() }, nil
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
func tagTogether(ctx context.Context, t Tagger, inputs []Input) ([]Prediction, error) {
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
	err := group.Wait()
	if b, ok := err.(bug); ok { //nolint:errorlint // nobody wraps it
		panic(b.value)
	}
	return predictions, err
}

// bug carries the value of a panic from one goroutine to another.
type bug struct{ value any }

func (bug) Error() string { return "a panic" }
