package tag

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// Sharer retrieves for several sentences at once what the LLM tagger then shows for each. Sentences that share
// demonstrations are put to the model one after the other, whichever document they are of, or some of them in one prompt.
// It is safe for concurrent use.
type Sharer struct {
	Searcher *retrieval.Searcher
	// Sharing with PerSet 0 has each sentence its own demonstrations, or each prompt.
	Sharing retrieval.Sharing
	// Together is how many sentences are put into one prompt at most; 0 and 1: each has its own.
	Together int
	// Given says that demonstrations are not chosen for a sentence, so that one's do for others: fixed, random or none.
	Given bool
	Keep  bool // remember all plans, for reports
	// Calls is how many calls of the model may be under way, asked whenever one is done; nil: any number.
	Calls func() int

	mu    sync.Mutex
	plans map[string]plan
}

// plan is what a sentence is shown and when.
type plan struct {
	evidence retrieval.Evidence
	set      int
	turns    *turns // by set, of all that was planned together; nil: it is always its turn
	group    *group // nil: it has a prompt of its own
	place    int    // in the group
}

// Prepare plans the sentences of documents that will be tagged next, all at the same time. It forgets what was planned
// before, unless Keep is set.
func (s *Sharer) Prepare(ctx context.Context, inputs []Input) error {
	if !s.Keep {
		s.mu.Lock()
		s.plans = nil
		s.mu.Unlock()
	}
	_, err := s.prepareAlone(ctx, inputs)
	return err
}

// prepareAlone plans sentences that Prepare has not seen. forget takes the plans back.
func (s *Sharer) prepareAlone(ctx context.Context, inputs []Input) (forget func(), err error) {
	plans, err := s.find(ctx, inputs)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(inputs, plans)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, in := range inputs {
			delete(s.plans, planKey(in.Sentence))
		}
	}, nil
}

func (s *Sharer) add(inputs []Input, plans []plan) {
	if s.plans == nil {
		s.plans = make(map[string]plan, len(inputs))
	}
	var turns *turns
	if s.Calls != nil {
		turns = newTurns(s.Calls)
	}
	for i, in := range inputs {
		plans[i].turns = turns
		s.plans[planKey(in.Sentence)] = plans[i]
	}
}

func planKey(s corpora.Sentence) string {
	return s.DocID + "\x00" + strconv.Itoa(s.Index) + "\x00" + s.Text
}

// prepared reports whether any of a document's sentences was planned.
func (s *Sharer) prepared(inputs []Input) bool {
	return slices.ContainsFunc(inputs, func(in Input) bool {
		_, planned := s.planned(in.Sentence)
		return planned
	})
}

// planned is what was planned for a sentence.
func (s *Sharer) planned(sentence corpora.Sentence) (p plan, ok bool) {
	if s == nil {
		return plan{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok = s.plans[planKey(sentence)]
	return p, ok
}

// generate calls the model when it is the sentence's turn.
func (t *LLM) generate(ctx context.Context, s corpora.Sentence, r llm.Request) (llm.Response, error) {
	if p, ok := t.Sharer.planned(s); ok && p.turns != nil {
		if err := p.turns.take(ctx, p.set); err != nil {
			return llm.Response{}, err
		}
		defer p.turns.give()
	}
	return t.Generator.Generate(ctx, r)
}

// evidence is what was planned for a sentence, or what is found for it alone.
func (t *LLM) evidence(ctx context.Context, q retrieval.Query) (retrieval.Evidence, error) {
	if t.Sharer != nil {
		return t.Sharer.Retrieve(ctx, q)
	}
	return t.Searcher.Retrieve(ctx, q)
}

// Retrieve is what was planned for a query's sentence, or what is found for it alone.
func (s *Sharer) Retrieve(ctx context.Context, q retrieval.Query) (retrieval.Evidence, error) {
	if p, ok := s.planned(q.Sentence); ok {
		return p.evidence, nil
	}
	return s.Searcher.Retrieve(ctx, q)
}

var _ retrieval.Retriever = (*Sharer)(nil)
