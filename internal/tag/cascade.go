package tag

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/prompt"
)

// Cascade tags with the learned tagger and asks a language model about the sentences in which that is most in doubt. What
// both say makes one score, by a stack that was learned for the model (docs/decisions/0017-cascade.md).
type Cascade struct {
	Learned *Learned
	Asker   Asker
	Stack   learn.Stack
	Budget  float64 // greatest share of the sentences that the model is asked about

	mu   sync.Mutex
	plan map[string]bool // by sentence: whether the model is asked
}

var _ Tagger = (*Cascade)(nil)

// Asker asks a model about one sentence.
type Asker interface {
	// Ask gives the model's say on the mentions of a sentence.
	Ask(ctx context.Context, l *Learned, k look) (say, Stats, error)
	// Features is how many numbers say what the model says of a mention.
	Features() int
	// Stack is a cautious one for a model of which nothing was learned.
	Stack() learn.Stack
	// Render is what Ask shows the model for a sentence; Shown.Calls says how many calls it makes.
	Render(ctx context.Context, l *Learned, k look) (Shown, error)
}

// say is what a model says of a sentence.
type say struct {
	// mentions are those that are proposed, group by group, and those that the model alone names, each in one of the
	// groups. What it does not speak of has no features that are not 0.
	mentions [][]said
	// broken are discontinuous ones, of which the learned tagger knows nothing.
	broken []corpora.Entity
}

// said is a mention with what the model says of it.
type said struct {
	learn.Mention // its score is the learned tagger's probability
	model         []float64
}

func (s said) opinion() learn.Opinion { return learn.Opinion{Probability: s.Score, Model: s.model} }

// LeastDoubt is the doubt below which a sentence is not worth a call.
const LeastDoubt = 0.05

// Tag finds the entities of one sentence, with a call of the model or without.
func (c *Cascade) Tag(ctx context.Context, in Input) (p Prediction, err error) {
	defer c.Learned.Searcher.Safely(&err)()
	k, err := c.Learned.look(ctx, in)
	if err != nil {
		return Prediction{}, err
	}
	stats := Stats{Sentences: 1}
	if !c.asks(in, learn.Doubt(k.proposed)) {
		return Prediction{c.Learned.entities(k, k.proposed), stats}, nil
	}
	answered, asked, err := c.Asker.Ask(ctx, c.Learned, k)
	stats = stats.Add(asked)
	if noUse(err) {
		stats.Unanswered++
		return Prediction{c.Learned.entities(k, k.proposed), stats}, nil
	}
	if err != nil {
		return Prediction{Stats: stats}, err
	}
	proposed := make([][]learn.Mention, len(answered.mentions))
	for i, group := range answered.mentions {
		for _, s := range group {
			s.Score = c.Stack.Of(s.opinion())
			proposed[i] = append(proposed[i], s.Mention)
		}
	}
	return Prediction{c.join(c.Learned.entities(k, proposed), answered.broken), stats}, nil
}

// join adds discontinuous entities that the model named and that overlap none with their label, as surely as mentions with
// their label are new to the index.
func (c *Cascade) join(list, broken []corpora.Entity) []corpora.Entity {
	threshold := c.Learned.Threshold
	if threshold == 0 {
		threshold = c.Learned.Model.Threshold()
	}
	for _, e := range broken {
		e.Score = c.Learned.Searcher.Novel(e.Label)
		e.From.Steps = []corpora.Step{{By: corpora.ByModel, Score: e.Score}}
		same := func(o corpora.Entity) bool { return o.Label == e.Label && overlaps(o, e) }
		if e.Score >= threshold && !slices.ContainsFunc(list, same) {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, corpora.CompareEntities)
	return list
}

// noUse reports an error that the same question would give again, though the server is well: the model loops or babbles,
// or the sentence does not fit into its context.
func noUse(err error) bool {
	var failed *llm.Error
	if errors.As(err, &failed) {
		return failed.Kind == llm.Incomplete || failed.Kind == llm.BadAnswer || failed.Kind == llm.ContextOverflow
	}
	return errors.Is(err, prompt.ErrTooLong)
}

// idle reports that the model is asked about nothing: it is not believed, or there is no budget.
func (c *Cascade) idle() bool { return c.Budget == 0 || c.Stack.Ignores() }

// asks reports whether the model is asked about a sentence: as it was planned, or else where the sentence is in as much doubt
// as the share of the index's sentences that the budget allows.
func (c *Cascade) asks(in Input, doubt float64) bool {
	if c.idle() {
		return false
	}
	c.mu.Lock()
	asked, planned := c.plan[planKey(in.Sentence)]
	c.mu.Unlock()
	if planned {
		return asked
	}
	return doubt >= LeastDoubt && doubt >= c.Learned.Model.DoubtOf(c.Budget)
}

// Prepare chooses, of sentences that will be tagged next, those in the greatest doubt, within the budget, and returns
// them. So few sentences that it allows not one are each judged alone. It forgets what was planned before.
func (c *Cascade) Prepare(ctx context.Context, inputs []Input) ([]Input, error) {
	c.mu.Lock()
	c.plan = nil
	c.mu.Unlock()
	asked, _, err := c.prepareAlone(ctx, inputs)
	return asked, err
}

// prepareAlone chooses in the same way of sentences that Prepare has not seen. forget takes the choice back.
func (c *Cascade) prepareAlone(ctx context.Context, inputs []Input) (asked []Input, forget func(), err error) {
	doubts, err := c.doubts(ctx, inputs)
	if err != nil || doubts == nil {
		return nil, func() {}, err
	}
	plan := c.choose(inputs, doubts)
	c.mu.Lock()
	if c.plan == nil {
		c.plan = map[string]bool{}
	}
	maps.Copy(c.plan, plan)
	c.mu.Unlock()
	return c.doubted(inputs, doubts), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for key := range plan {
			delete(c.plan, key)
		}
	}, nil
}

// choose tells of each sentence whether the model is asked about it.
func (c *Cascade) choose(inputs []Input, doubts []float64) map[string]bool {
	order := make([]int, len(inputs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(doubts[b], doubts[a]) })
	plan := make(map[string]bool, len(inputs))
	if allowed := int(c.Budget * float64(len(inputs))); allowed > 0 {
		for place, i := range order {
			plan[planKey(inputs[i].Sentence)] = place < allowed && doubts[i] >= LeastDoubt
		}
	}
	return plan
}

// prepared reports whether any of the sentences was planned.
func (c *Cascade) prepared(inputs []Input) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(inputs, func(in Input) bool {
		_, planned := c.plan[planKey(in.Sentence)]
		return planned
	})
}

// doubts are those of the sentences, nil where the model is asked about none.
func (c *Cascade) doubts(ctx context.Context, inputs []Input) ([]float64, error) {
	if c.idle() {
		return nil, nil
	}
	doubts := make([]float64, len(inputs))
	for i, in := range inputs {
		k, err := c.Learned.look(ctx, in)
		if err != nil {
			return nil, err
		}
		doubts[i] = learn.Doubt(k.proposed)
	}
	return doubts, nil
}

func (c *Cascade) doubted(inputs []Input, doubts []float64) (asked []Input) {
	for i, doubt := range doubts {
		if c.asks(inputs[i], doubt) {
			asked = append(asked, inputs[i])
		}
	}
	return asked
}

// Shown is what Tag shows the model for a sentence, Calls 0 where the model is not asked.
func (c *Cascade) Shown(ctx context.Context, in Input) (Shown, error) {
	k, err := c.Learned.look(ctx, in)
	if err != nil {
		return Shown{}, err
	}
	shown, err := c.Asker.Render(ctx, c.Learned, k)
	if !c.asks(in, learn.Doubt(k.proposed)) {
		shown.Calls = 0
	}
	return shown, err
}

// Judge asks the model about a sentence that the learned tagger was not learned from, and compares what both say with
// what is annotated.
func (c *Cascade) Judge(ctx context.Context, h learn.HeldOut) ([]learn.Judged, Stats, error) {
	in := Input{Sentence: h.Sentence, Abbreviations: h.Abbreviations, Exclude: h.Exclude}
	k := look{in: in, tokens: corpora.Tokenize(h.Text), proposed: h.Proposals}
	answered, stats, err := c.Asker.Ask(ctx, c.Learned, k)
	if noUse(err) {
		stats.Unanswered++
		return nil, stats, nil
	}
	if err != nil {
		return nil, stats, err
	}
	var list []learn.Judged
	for _, group := range answered.mentions {
		for _, s := range group {
			list = append(list, learn.Judged{Opinion: s.opinion(), Right: h.Has(k.span(s.Mention), s.Label)})
		}
	}
	return list, stats, nil
}
