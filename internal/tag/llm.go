package tag

import (
	"context"
	"fmt"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/align"
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
	// Learned, where the index has learned a tagger, says in the lexicon's place what the index knows; nil: there is none.
	Learned *Learned
	// Sharer plans demonstrations that several sentences share; nil: each sentence has its own.
	Sharer *Sharer
	// Calibration has tokens counted by the server where they are few; nil: they are estimated.
	Calibration *Calibration

	room int // tokens that prompt and answer may take together; 0: as many as the context has
}

var _ Tagger = (*LLM)(nil)

// once finds the entities of a sentence by one call of the model. less is the room for another try with a prompt that is a
// quarter shorter.
func (t *LLM) once(ctx context.Context, in Input) (p Prediction, less int, err error) {
	shown, spent, err := t.fitting(ctx, in)
	if err != nil {
		return Prediction{Stats: spent}, 0, err
	}
	less = shown.Prompt.Tokens*3/4 + shown.Prompt.MaxTokens
	answer, err := t.generate(ctx, in.Sentence, t.request(shown.Prompt))
	stats := callStats(answer).Add(Stats{Sentences: 1, Asked: 1, Dropped: shown.Prompt.Dropped}).Add(spent)
	if err != nil {
		return Prediction{Stats: stats}, less, err
	}
	p, err = t.read(ctx, shown, in, answer)
	p.Stats = stats.Add(p.Stats)
	return p, less, err
}

// callStats counts one call, or an answer that was kept.
func callStats(answer llm.Response) Stats {
	stats := Stats{Calls: 1, PromptTokens: answer.PromptTokens, OutputTokens: answer.OutputTokens, ModelTime: answer.Duration}
	if answer.Cached {
		stats.Calls, stats.CacheHits = 0, 1
	}
	return stats
}

// Shown is a rendered prompt with the evidence that went into it.
type Shown struct {
	Prompt   prompt.Prompt
	Evidence retrieval.Evidence // the demonstrations as retrieved, shown or not
	Calls    int                // that show the model this or the like
	query    retrieval.Query
}

// Render builds the exact messages that Tag sends, without sending them.
func (t *LLM) Render(ctx context.Context, in Input) (Shown, error) {
	return t.render(ctx, in, func(hits []retrieval.TermHit) []retrieval.TermHit { return hits })
}

// render builds the messages with the hints that hints makes of the input's term hits.
func (t *LLM) render(ctx context.Context, in Input, hints func([]retrieval.TermHit) []retrieval.TermHit) (s Shown, err error) {
	defer t.Searcher.Safely(&err)()
	q := in.Query()
	evidence, err := t.evidence(ctx, q)
	if err != nil {
		return Shown{}, err
	}
	evidence.Terms = hints(evidence.Terms)
	terms := make([][]retrieval.TermHit, len(evidence.Demonstrations))
	for i, d := range evidence.Demonstrations {
		terms[i] = t.Searcher.DemonstrationTerms(q, d)
	}
	rendered, err := prompt.Render(prompt.Input{
		Sentence: in.Sentence, Before: in.Before, After: in.After, Evidence: evidence, DemonstrationTerms: terms,
	}, t.settings())
	if err != nil {
		return Shown{}, fmt.Errorf("sentence %s: %w", retrieval.Ref(in.Sentence), err)
	}
	return Shown{rendered, evidence, 1, q}, nil
}

func (t *LLM) request(p prompt.Prompt) llm.Request {
	return llm.Request{
		Messages: p.Messages, Schema: p.Schema, MaxTokens: p.MaxTokens, Stop: p.Stop,
		Seed: t.Seed, ContextSize: t.Prompt.ContextTokens,
	}
}

// read turns the answer into entities.
func (t *LLM) read(ctx context.Context, shown Shown, in Input, answer llm.Response) (Prediction, error) {
	mentions, _ := align.Parse(t.Prompt.Format, answer.Text, t.Prompt.AlignLabels())
	aligned := t.aligned(shown, in, mentions)
	p := Prediction{Stats: Stats{Unaligned: len(aligned.Unaligned), Leaks: aligned.Leaks}}
	known, novel, err := t.index(ctx, shown, in)
	if err != nil {
		return p, err
	}
	votes := newVotes(t.shownDemonstrations(shown))
	opinions := gather(aligned.Entities, known)
	for i, o := range opinions {
		if !o.known {
			opinions[i].novel = novel(o.entity)
		}
	}
	kept, discarded := t.Weigh.decide(opinions)
	p.Stats.Discarded = discarded
	for _, o := range kept {
		p.Entities = append(p.Entities, t.entity(o, votes))
	}
	slices.SortStableFunc(p.Entities, corpora.CompareEntities)
	return p, nil
}

// aligned finds an answer's mentions in the sentence.
func (t *LLM) aligned(shown Shown, in Input, mentions []align.Mention) align.Result {
	options := align.Defaults()
	for _, i := range shown.Prompt.Shown {
		options.Demonstrations = append(options.Demonstrations, shown.Evidence.Demonstrations[i].Sentence.Text)
	}
	return align.Align(in.Sentence, mentions, options)
}

// index is what the index takes for mentions, and the chance that it gives any other span that the model names.
func (t *LLM) index(ctx context.Context, shown Shown, in Input) ([]lexicon.Candidate, func(corpora.Entity) float64, error) {
	novel := func(e corpora.Entity) float64 { return t.Searcher.Novel(e.Label) }
	if t.Learned == nil {
		return t.Searcher.Spans(shown.query), novel, nil
	}
	known, chance, err := t.Learned.candidates(ctx, in)
	return known, func(e corpora.Entity) float64 {
		if len(e.Fragments) != 1 { // of which nothing is learned
			return novel(e)
		}
		return chance(e)
	}, err
}

func (t *LLM) shownDemonstrations(shown Shown) []retrieval.Demonstration {
	var list []retrieval.Demonstration
	for _, i := range shown.Prompt.Shown {
		list = append(list, shown.Evidence.Demonstrations[i])
	}
	return list
}

// entity writes down an opinion that stood, with what it rests on.
func (t *LLM) entity(o opinion, votes votes) corpora.Entity {
	e := o.entity
	e.Score = o.score
	if o.known {
		e.Concepts = t.Searcher.Concepts(o.candidate)
		e.From.Terms = t.Searcher.TermIDs(o.candidate)
		e.From.Demonstrations = votes.refs(o.candidate)
	}
	return e
}
