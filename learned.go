package ragner

import (
	"errors"

	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/tag"
)

// NewLearner is what a build learns a tagger with, for index.Options.Learn; nil where the options turn it off.
func NewLearner(o Options) index.Learn {
	if !o.Learn.Enabled {
		return nil
	}
	s := learn.Defaults()
	s.Least, s.L2, s.Iterations = o.Learn.Least, o.Learn.L2, o.Learn.Iterations
	return learn.Learner(s)
}

// openLearned takes the tagger that was learned when the index was built. Where there is none, or one of another version,
// neighbours stands in for it, with a warning.
func (e *Engine) openLearned() error {
	learned, err := e.learnedTagger()
	if err != nil {
		return err
	}
	if learned != nil {
		e.tagger = learned
		return nil
	}
	if e.index.Manifest().Learned == nil {
		e.warnings = append(e.warnings, "the index has no learned tagger, neighbours stands in for it; ragner index learns one with --learn, from --learn-least annotated sentences on")
	}
	return nil
}

// learnedTagger is the tagger that the index has learned, nil where it has none of this version.
func (e *Engine) learnedTagger() (*tag.Learned, error) {
	data, err := e.index.LearnedModel()
	if err != nil || data == nil {
		return nil, err
	}
	model, err := learn.Read(data)
	switch {
	case errors.Is(err, learn.ErrVersion):
		e.warnings = append(e.warnings, err.Error()+"; neighbours stands in for it")
		return nil, nil
	case err != nil:
		return nil, e.index.CorruptLearned(err)
	}
	searcher, err := learn.NewSearcher(e.index)
	if err != nil {
		return nil, err
	}
	return &tag.Learned{Searcher: searcher, Model: model, Threshold: e.options.Threshold}, nil
}
