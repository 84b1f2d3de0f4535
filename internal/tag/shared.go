package tag

import (
	"context"
	"maps"
	"strconv"
	"sync"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// Sharer retrieves for several sentences at once what the LLM tagger then shows for each. Sentences that share
// demonstrations are put to the model one after the other, whichever document they are of. It is safe for concurrent use.
type Sharer struct {
	Searcher *retrieval.Searcher
	Sharing  retrieval.Sharing
	Keep     bool // remember all plans, for reports

	mu    sync.Mutex
	plans map[string]plan
	turns *turns
}

// plan is what a sentence is shown and when.
type plan struct {
	evidence retrieval.Evidence
	set      int
}

// Prepare plans the sentences of documents that will be tagged next, all at the same time by at most so many calls of
// the model. It forgets what was planned before, unless Keep is set.
func (s *Sharer) Prepare(ctx context.Context, inputs []Input, calls int) error {
	queries := make([]retrieval.Query, len(inputs))
	for i, in := range inputs {
		queries[i] = in.Query()
	}
	found, err := s.Searcher.RetrieveShared(ctx, queries, s.Sharing)
	if err != nil {
		return err
	}
	plans := s.kept(len(inputs))
	for i, in := range inputs {
		plans[planKey(in.Sentence)] = plan{found[i].Evidence, found[i].Set}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans, s.turns = plans, newTurns(calls)
	return nil
}

func (s *Sharer) kept(more int) map[string]plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Keep {
		if plans := maps.Clone(s.plans); plans != nil {
			return plans
		}
	}
	return make(map[string]plan, more)
}

func planKey(s corpora.Sentence) string {
	return s.DocID + "\x00" + strconv.Itoa(s.Index) + "\x00" + s.Text
}

// planned is what was planned for a sentence.
func (s *Sharer) planned(sentence corpora.Sentence) (plan, *turns, bool) {
	if s == nil {
		return plan{}, nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.plans[planKey(sentence)]
	return p, s.turns, ok
}

// generate calls the model when it is the sentence's turn.
func (t *LLM) generate(ctx context.Context, s corpora.Sentence, r llm.Request) (llm.Response, error) {
	if p, turns, ok := t.Sharer.planned(s); ok {
		if err := turns.take(ctx, p.set); err != nil {
			return llm.Response{}, err
		}
		defer turns.give()
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
	if p, _, ok := s.planned(q.Sentence); ok {
		return p.evidence, nil
	}
	return s.Searcher.Retrieve(ctx, q)
}

var _ retrieval.Retriever = (*Sharer)(nil)
