package tag

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ragner/ragner/internal/align"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
	"github.com/ragner/ragner/retrieval"
)

// group are sentences that are put to the model in one prompt. Whichever of them is tagged first asks for all.
type group struct {
	inputs         []Input
	evidence       []retrieval.Evidence      // of each; the terms are used
	demonstrations []retrieval.Demonstration // for all, best first, after those that are shared
	shared         int

	busy     chan struct{} // held by who asks
	outcomes []outcome     // nil until the model was asked
}

// outcome is what became of one sentence of a group.
type outcome struct {
	heard
	stats Stats // the first sentence of a call has the call's
	err   error
	alone bool // it is to be asked about alone
}

// newGroup joins planned sentences, whose shared demonstrations, the first ones, are the same. What each has for itself
// is shown to all, unless it must not be shown for one of them.
func newGroup(s *retrieval.Searcher, inputs []Input, evidence []retrieval.Evidence) *group {
	g := &group{inputs: inputs, evidence: evidence, busy: make(chan struct{}, 1)}
	first := evidence[0]
	g.shared = min(first.Shared, len(first.Demonstrations))
	g.demonstrations = slices.Clone(first.Demonstrations[:g.shared])
	queries := make([]retrieval.Query, len(inputs))
	most := 0
	for i, in := range inputs {
		queries[i] = in.Query()
		most = max(most, len(evidence[i].Demonstrations))
	}
	showable := s.Showable(queries...)
	for rank := g.shared; rank < most; rank++ {
		for _, e := range evidence {
			if rank < len(e.Demonstrations) && showable(e.Demonstrations[rank]) && !g.has(e.Demonstrations[rank]) {
				g.demonstrations = append(g.demonstrations, e.Demonstrations[rank])
			}
		}
	}
	return g
}

func (g *group) has(d retrieval.Demonstration) bool {
	return slices.ContainsFunc(g.demonstrations, func(o retrieval.Demonstration) bool { return o.Ref() == d.Ref() })
}

// ask gives the outcomes, by asking the model where nobody has. One who is called off leaves it to the next.
func (g *group) ask(ctx context.Context, t *LLM, hints hinter) ([]outcome, error) {
	select {
	case g.busy <- struct{}{}:
		defer func() { <-g.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if g.outcomes != nil {
		return g.outcomes, nil
	}
	outcomes := make([]outcome, len(g.inputs))
	g.askFor(ctx, t, hints, part{0, len(g.inputs)}, outcomes)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.outcomes = outcomes
	return outcomes, nil
}

// part are the sentences from first to before end that one call is about.
type part struct{ first, end int }

// askFor asks about a part, in two halves where it does not fit into one prompt.
func (g *group) askFor(ctx context.Context, t *LLM, hints hinter, p part, outcomes []outcome) {
	if p.end-p.first == 1 {
		outcomes[p.first].alone = true
		return
	}
	rendered, err := g.render(ctx, t, hints, p)
	if errors.Is(err, prompt.ErrTooLong) {
		middle := (p.first + p.end) / 2
		g.askFor(ctx, t, hints, part{p.first, middle}, outcomes)
		g.askFor(ctx, t, hints, part{middle, p.end}, outcomes)
		return
	}
	if err == nil {
		var answer llm.Response
		answer, err = t.generate(ctx, g.inputs[p.first].Sentence, t.request(rendered))
		outcomes[p.first].stats = callStats(answer)
		if err == nil || noUse(err) {
			g.read(t, p, answer, outcomes)
			return
		}
	}
	for i := p.first; i < p.end; i++ {
		outcomes[i].err = err
	}
}

// render builds the messages for a part.
func (g *group) render(ctx context.Context, t *LLM, hints hinter, p part) (prompt.Prompt, error) {
	many := prompt.Many{
		Demonstrations: g.demonstrations, Shared: g.shared,
		DemonstrationTerms: t.demonstrationTerms(g.query(p), g.demonstrations),
	}
	for i := p.first; i < p.end; i++ {
		terms, err := hints(ctx, g.inputs[i], g.evidence[i].Terms)
		if err != nil {
			return prompt.Prompt{}, err
		}
		many.Sentences, many.Terms = append(many.Sentences, g.inputs[i].Sentence), append(many.Terms, terms)
	}
	rendered, err := prompt.RenderMany(many, t.Prompt)
	if err != nil {
		return rendered, fmt.Errorf("%d sentences from %s: %w", p.end-p.first, retrieval.Ref(g.inputs[p.first].Sentence), err)
	}
	return rendered, nil
}

// query is the first sentence's, for which nothing may be shown that must not be for any of the part.
func (g *group) query(p part) retrieval.Query {
	q := g.inputs[p.first].Query()
	q.Exclude = slices.Clone(q.Exclude)
	for _, in := range g.inputs[p.first+1 : p.end] {
		q.Exclude = append(append(q.Exclude, in.Sentence.DocID), in.Exclude...)
	}
	slices.Sort(q.Exclude)
	q.Exclude = slices.Compact(q.Exclude)
	return q
}

// read finds each sentence's mentions in its own part of the answer. The other sentences count as shown: what stands in
// them alone was not found here.
func (g *group) read(t *LLM, p part, answer llm.Response, outcomes []outcome) {
	labels := t.Prompt.AlignLabels()
	for i, text := range prompt.ReadMany(answer.Text, p.end-p.first) {
		o := &outcomes[p.first+i]
		if text == "" {
			o.alone = true
			o.stats.AskedAgain++
			continue
		}
		o.demonstrations = g.demonstrations
		options := besides(g.demonstrations)
		for j := p.first; j < p.end; j++ {
			if j != p.first+i {
				options.Demonstrations = append(options.Demonstrations, g.inputs[j].Sentence.Text)
			}
		}
		mentions, _ := align.Parse(align.JSON, text, labels)
		o.aligned = align.Align(g.inputs[p.first+i].Sentence, mentions, options)
		o.stats = o.stats.Add(Stats{Asked: 1, Unaligned: len(o.aligned.Unaligned), Leaks: o.aligned.Leaks})
	}
}

// show renders the prompt that the sentence at a place stands in; false where it is asked about alone.
func (g *group) show(ctx context.Context, t *LLM, place int, hints hinter) (Shown, bool, error) {
	p := part{0, len(g.inputs)}
	for p.end-p.first > 1 {
		rendered, err := g.render(ctx, t, hints, p)
		if err == nil {
			shown := Shown{Prompt: rendered, Evidence: g.evidence[place]}
			shown.Evidence.Demonstrations, shown.Evidence.Shared = g.demonstrations, g.shared
			if place == p.first {
				shown.Calls = 1
			}
			return shown, true, nil
		}
		if !errors.Is(err, prompt.ErrTooLong) {
			return Shown{}, false, err
		}
		if middle := (p.first + p.end) / 2; place < middle {
			p.end = middle
		} else {
			p.first = middle
		}
	}
	return Shown{}, false, nil
}
