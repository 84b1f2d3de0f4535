package retrieval

import (
	"context"

	"github.com/ragner/ragner/index/lexicon"
)

// Outlook is all that the index says of a sentence when what must not be shown for it is held out: the matter of
// features, where Evidence is the matter of prompts.
type Outlook struct {
	Candidates     []lexicon.Candidate // as Candidates gives them
	Spans          []lexicon.Candidate // as Spans gives them
	Demonstrations []Demonstration     // as Retrieve gives them
}

// Outlook looks at one sentence from all sides at once.
func (r *Searcher) Outlook(ctx context.Context, q Query) (o Outlook, err error) {
	defer r.Safely(&err)()
	held := r.heldOut(q)
	o = Outlook{Candidates: r.candidates(q, held)}
	o.Spans = r.likely(q, o.Candidates, held)
	found, err := r.newSearch(ctx, q)
	if err != nil {
		return Outlook{}, err
	}
	o.Demonstrations = r.demonstrations(found)
	return o, nil
}
