package tag

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// Document tags a document sentence by sentence and returns it with the entities found, its own annotations gone.
// around is how many sentences before and after go along with each as context; without names documents that must not be
// shown, besides the document itself. The first sentence that fails fails the document.
func Document(ctx context.Context, t Tagger, doc corpora.Document, around int, without ...string) (corpora.Document, Stats, error) {
	doc.Entities, doc.Err = nil, nil
	inputs := Inputs(doc, around, without...)
	var stats Stats
	add := func(p Prediction, offset int) {
		stats = stats.Add(p.Stats)
		for _, e := range p.Entities {
			doc.Entities = append(doc.Entities, e.Shift(offset))
		}
	}
	if err := tagInputs(ctx, t, inputs, add); err != nil {
		doc.Entities = nil
		return doc, stats, err
	}
	slices.SortStableFunc(doc.Entities, corpora.CompareEntities)
	return doc, stats, nil
}

// tagInputs tags sentences one after the other, until one fails, and gives add each prediction with where its sentence
// stands. It uses inputs up: a document may have a hundred thousand, and what was looked up for one is larger than itself.
func tagInputs(ctx context.Context, t Tagger, inputs []Input, add func(p Prediction, offset int)) error {
	if s := sharer(t); s != nil {
		predictions, err := tagTogether(ctx, t, s, inputs)
		for i, p := range predictions {
			add(p, inputs[i].Sentence.Offset)
		}
		return err
	}
	for i, in := range inputs {
		inputs[i] = Input{}
		p, err := t.Tag(ctx, in)
		add(p, in.Sentence.Offset)
		if err != nil {
			return err
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

// Inputs splits a document into what a tagger takes.
func Inputs(doc corpora.Document, around int, without ...string) []Input {
	sentences := corpora.Segment(doc)
	defined := lexicon.Abbreviations(doc.Text)
	list := make([]Input, len(sentences))
	for i, s := range sentences {
		s.DocID, s.Index = doc.ID, i
		list[i] = Input{Sentence: s, Abbreviations: defined, Exclude: without}
		list[i].Before = joined(sentences[max(0, i-around):i])
		list[i].After = joined(sentences[i+1 : min(len(sentences), i+1+around)])
	}
	queries := make([]retrieval.Query, len(list))
	for i, in := range list {
		queries[i] = in.Query()
	}
	for i, place := range retrieval.Together(queries) {
		list[i].Place = place
	}
	return list
}

func joined(sentences []corpora.Sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}
