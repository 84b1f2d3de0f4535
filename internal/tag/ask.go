package tag

import (
	"context"
	"fmt"

	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/retrieval"
)

// heard is what the model's answer says of one sentence.
type heard struct {
	aligned        align.Result
	demonstrations []retrieval.Demonstration // that it was shown
	less           int                       // room for another try with a prompt that is a quarter shorter
}

// hinter makes of a sentence's term hits the hints that the model is shown.
type hinter func(ctx context.Context, in Input, hits []retrieval.TermHit) ([]retrieval.TermHit, error)

// asFound shows the term hits themselves.
func asFound(_ context.Context, _ Input, hits []retrieval.TermHit) ([]retrieval.TermHit, error) {
	return hits, nil
}

// ask puts a sentence to the model: in a prompt with others where that was planned, and alone where not, or where the
// answer to all of them has nothing readable for it.
func (t *LLM) ask(ctx context.Context, in Input, hints hinter) (heard, Stats, error) {
	p, planned := t.Sharer.planned(in.Sentence)
	if !planned || p.group == nil {
		return t.askAlone(ctx, in, hints)
	}
	outcomes, err := p.group.ask(ctx, t, hints)
	if err != nil {
		return heard{}, Stats{}, err
	}
	o := outcomes[p.place]
	if !o.alone {
		return o.heard, o.stats, o.err
	}
	h, stats, err := t.askAlone(ctx, in, hints)
	return h, o.stats.Add(stats), err
}

func (t *LLM) askAlone(ctx context.Context, in Input, hints hinter) (heard, Stats, error) {
	shown, spent, err := t.fitting(ctx, in, hints)
	if err != nil {
		return heard{}, spent, err
	}
	h := heard{demonstrations: shown.demonstrations(), less: shown.Prompt.Tokens*3/4 + shown.Prompt.MaxTokens}
	answer, err := t.generate(ctx, in.Sentence, t.request(shown.Prompt))
	stats := callStats(answer).Add(Stats{Asked: 1, Dropped: shown.Prompt.Dropped}).Add(spent)
	if err != nil {
		return h, stats, err
	}
	mentions, _ := align.Parse(t.Prompt.Format, answer.Text, t.Prompt.AlignLabels())
	h.aligned = align.Align(in.Sentence, mentions, besides(h.demonstrations))
	for i, source := range h.aligned.Sources {
		h.aligned.Entities[i].Score = logProbability(answer, mentions[source].From)
	}
	stats.Unaligned, stats.Leaks = len(h.aligned.Unaligned), h.aligned.Leaks
	return h, stats, nil
}

// besides are options of align that know which other sentences the model was shown.
func besides(demonstrations []retrieval.Demonstration) align.Options {
	options := align.Defaults()
	for _, d := range demonstrations {
		options.Demonstrations = append(options.Demonstrations, d.Sentence.Text)
	}
	return options
}

// callStats counts one call, or an answer that was kept.
func callStats(answer llm.Response) Stats {
	stats := Stats{
		Calls: 1, PromptTokens: answer.PromptTokens, CachedTokens: answer.CachedTokens, OutputTokens: answer.OutputTokens, ModelTime: answer.Duration,
	}
	if answer.Cached {
		stats.Calls, stats.CacheHits = 0, 1
	}
	return stats
}

// Shown is a rendered prompt with the evidence that went into it.
type Shown struct {
	Prompt   prompt.Prompt
	Evidence retrieval.Evidence // the demonstrations as retrieved, shown or not
	Calls    int                // that show the model this or the like; 0 where it is not asked, or asked with the sentence before
}

func (s Shown) demonstrations() []retrieval.Demonstration {
	var list []retrieval.Demonstration
	for _, i := range s.Prompt.Shown {
		list = append(list, s.Evidence.Demonstrations[i])
	}
	return list
}

// Render builds the exact messages that Tag sends, without sending them. Of sentences that share a prompt the first counts
// its call. What the answer lacks, and asks for again, it cannot know.
func (t *LLM) Render(ctx context.Context, in Input) (s Shown, err error) {
	defer t.Searcher.Safely(&err)()
	shown, err := t.show(ctx, in, asFound)
	if err == nil && t.Skip > 0 {
		var asked []Input
		if asked, err = t.Asked(ctx, []Input{in}); len(asked) == 0 {
			shown.Calls = 0
		}
	}
	return shown, err
}

// show renders the prompt that a sentence stands in.
func (t *LLM) show(ctx context.Context, in Input, hints hinter) (Shown, error) {
	if p, planned := t.Sharer.planned(in.Sentence); planned && p.group != nil {
		if shown, ok, err := p.group.show(ctx, t, p.place, hints); ok || err != nil {
			return shown, err
		}
	}
	return t.render(ctx, in, hints)
}

// render builds the messages for a sentence alone.
func (t *LLM) render(ctx context.Context, in Input, hints hinter) (Shown, error) {
	q := in.Query()
	evidence, err := t.evidence(ctx, q)
	if err != nil {
		return Shown{}, err
	}
	if evidence.Terms, err = hints(ctx, in, evidence.Terms); err != nil {
		return Shown{}, err
	}
	rendered, err := prompt.Render(prompt.Input{
		Sentence: in.Sentence, Before: in.Before, After: in.After, Evidence: evidence, DemonstrationTerms: t.demonstrationTerms(q, evidence.Demonstrations),
	}, t.settings())
	if err != nil {
		return Shown{}, fmt.Errorf("sentence %s: %w", retrieval.Ref(in.Sentence), err)
	}
	return Shown{rendered, evidence, 1}, nil
}

func (t *LLM) demonstrationTerms(q retrieval.Query, demonstrations []retrieval.Demonstration) [][]retrieval.TermHit {
	terms := make([][]retrieval.TermHit, len(demonstrations))
	for i, d := range demonstrations {
		terms[i] = t.Searcher.DemonstrationTerms(q, d)
	}
	return terms
}

func (t *LLM) request(p prompt.Prompt) llm.Request {
	return llm.Request{
		Messages: p.Messages, Schema: p.Schema, MaxTokens: p.MaxTokens, Stop: p.Stop,
		Seed: t.Seed, ContextSize: t.Prompt.ContextTokens,
	}
}
