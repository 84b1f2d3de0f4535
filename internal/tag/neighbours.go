package tag

import (
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/retrieval"
)

// Neighbours tags without a model: what the lexicon knows of the sentence, at the borders that mentions have in the
// indexed sentences, weighed by the votes of the retrieved ones. Its entities are continuous and do not nest, but may
// share a span.
type Neighbours struct {
	Searcher  *retrieval.Searcher
	Threshold float64 // least score of an entity; 0: DefaultThreshold
}

// DefaultThreshold is the score from which a stretch counts as an entity, tuned on development data.
const DefaultThreshold = 0.4

var _ Tagger = (*Neighbours)(nil)

// Tag finds the entities of one sentence.
func (n *Neighbours) Tag(ctx context.Context, in Input) (p Prediction, err error) {
	defer n.Searcher.Safely(&err)()
	q := in.Query()
	evidence, err := n.Searcher.Retrieve(ctx, q)
	if err != nil {
		return Prediction{}, err
	}
	p = Prediction{Stats: Stats{Sentences: 1}}
	votes := newVotes(evidence.Demonstrations)
	for _, c := range n.Searcher.Spans(q) {
		share, voters := votes.about(c)
		if score := poll(c.Prior, share, voters); score >= n.threshold() {
			p.Entities = append(p.Entities, n.entity(c, score, votes.refs(c)))
		}
	}
	slices.SortStableFunc(p.Entities, corpora.CompareEntities)
	return p, nil
}

func (n *Neighbours) threshold() float64 {
	if n.Threshold == 0 {
		return DefaultThreshold
	}
	return n.Threshold
}

func (n *Neighbours) entity(c lexicon.Candidate, score float64, demonstrations []string) corpora.Entity {
	return corpora.Entity{
		Label: c.Label, Fragments: []corpora.Fragment{c.Fragment}, Score: score, Status: statusOf(c),
		Concepts: n.Searcher.Concepts(c),
		From:     corpora.Provenance{Demonstrations: demonstrations, Terms: n.Searcher.TermIDs(c)},
	}
}

// pollWeight is how many agreeing retrieved sentences a prior is worth.
const pollWeight = 4.0

// poll joins a prior with the votes of the retrieved sentences that contain the surface.
func poll(prior, share, voters float64) float64 {
	return (pollWeight*prior + voters*share) / (pollWeight + voters)
}
