package tag

import (
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/retrieval"
)

// LLM tags with a language model: it retrieves evidence, renders the prompt, asks for an answer, finds the answer's
// mentions in the sentence and weighs them against what the index says.
type LLM struct {
	Searcher  *retrieval.Searcher
	Generator llm.Generator
	Prompt    prompt.Settings
	Weigh     Weigher
	Seed      int
	// Skip is the chance to hold any entity, by the index, below which the model is not asked about a sentence.
	Skip float64
	// Learned, where the index has learned a tagger, says in the lexicon's place what the index knows; nil: there is none.
	Learned *Learned
	// Sharer plans what several sentences share, demonstrations or a whole prompt; nil: each sentence has its own.
	Sharer *Sharer
	// Calibration has tokens counted by the server where they are few; nil: they are estimated.
	Calibration *Calibration

	room int // tokens that prompt and answer may take together; 0: as many as the context has
}

var _ Tagger = (*LLM)(nil)

// once finds the entities of a sentence by one call of the model, or none where the index knows of nothing likely: then it is
// as if the model had named nothing. less is the room for another try with a prompt that is a quarter shorter.
func (t *LLM) once(ctx context.Context, in Input) (p Prediction, less int, err error) {
	p.Stats.Sentences = 1
	known, err := t.index(ctx, in)
	if err != nil {
		return p, 0, err
	}
	var answered heard
	if known.any >= t.Skip {
		var asked Stats
		answered, asked, err = t.ask(ctx, in, asFound)
		p.Stats = p.Stats.Add(asked)
		if err != nil {
			return p, answered.less, err
		}
	}
	p.Entities, p.Stats.Discarded = t.judge(answered, known)
	return p, answered.less, nil
}

// Asked are those of the inputs that the model is asked about.
func (t *LLM) Asked(ctx context.Context, inputs []Input) ([]Input, error) {
	if t.Skip == 0 {
		return inputs, nil
	}
	var list []Input
	for _, in := range inputs {
		known, err := t.index(ctx, in)
		if err != nil {
			return nil, err
		}
		if known.any >= t.Skip {
			list = append(list, in)
		}
	}
	return list, nil
}

// judge weighs what the model named against what the index knows.
func (t *LLM) judge(answered heard, known knowledge) (kept []corpora.Entity, discarded int) {
	votes := newVotes(answered.demonstrations)
	opinions := gather(answered.aligned.Entities, known.candidates)
	for i, o := range opinions {
		if !o.known {
			opinions[i].novel = known.novel(o.entity)
		}
	}
	stood, discarded := t.Weigh.decide(opinions)
	for _, o := range stood {
		kept = append(kept, t.entity(o, votes))
	}
	slices.SortStableFunc(kept, corpora.CompareEntities)
	return kept, discarded
}

// knowledge is what the index says of a sentence.
type knowledge struct {
	candidates []lexicon.Candidate          // what it takes for mentions
	novel      func(corpora.Entity) float64 // the chance that it gives any other span that the model names
	any        float64                      // the chance that the sentence holds any entity
}

// index is what the index says of a sentence: what it has learned, else its lexicon, which gives names that it has not
// no chance.
func (t *LLM) index(ctx context.Context, in Input) (knowledge, error) {
	k := knowledge{novel: func(e corpora.Entity) float64 { return t.Searcher.Novel(e.Label) }}
	if t.Learned == nil {
		k.candidates = t.Searcher.Spans(in.Query())
		none := 1.0
		for _, c := range k.candidates {
			none *= 1 - c.Prior
		}
		k.any = 1 - none
		return k, nil
	}
	look, err := t.Learned.look(ctx, in)
	if err != nil {
		return k, err
	}
	known, chance := t.Learned.candidates(look)
	unlearned := k.novel
	k.candidates, k.any = known, look.chance()
	k.novel = func(e corpora.Entity) float64 {
		if len(e.Fragments) != 1 { // of which nothing is learned
			return unlearned(e)
		}
		return chance(e)
	}
	return k, nil
}

// entity writes down an opinion that stood, with what it rests on.
func (t *LLM) entity(o opinion, votes votes) corpora.Entity {
	e := o.entity
	e.Score = o.score
	e.From.Steps = o.steps()
	if o.known {
		e.Concepts = t.Searcher.Concepts(o.candidate)
		e.From.Terms = t.Searcher.TermIDs(o.candidate)
		e.From.Demonstrations = votes.refs(o.candidate)
	}
	return e
}
