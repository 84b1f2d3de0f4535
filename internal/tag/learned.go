package tag

import (
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/retrieval"
)

// Learned tags by the model that was learned from the index's annotated sentences. Its entities are continuous; those of
// labels that overlap in the annotations may nest, cross and share a span.
type Learned struct {
	Searcher  *retrieval.Searcher // of learn.NewSearcher
	Model     *learn.Model
	Threshold float64 // least score of an entity; 0: the model's own
}

var _ Tagger = (*Learned)(nil)

// Tag finds the entities of one sentence.
func (l *Learned) Tag(ctx context.Context, in Input) (p Prediction, err error) {
	defer l.Searcher.Safely(&err)()
	seen, err := learn.Look(ctx, l.Searcher, in.Query())
	if err != nil {
		return Prediction{}, err
	}
	p = Prediction{Stats: Stats{Sentences: 1}}
	tokens := corpora.Tokenize(in.Sentence.Text)
	reasons := reasons{l.Searcher, seen, newVotes(seen.Demonstrations)}
	for _, m := range l.Model.Tag(seen, l.Threshold, onBorders(in.Sentence.Tokens, tokens)) {
		f := corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
		p.Entities = append(p.Entities, reasons.entity(f, m))
	}
	slices.SortStableFunc(p.Entities, corpora.CompareEntities)
	return p, nil
}

// candidates are the mentions of a sentence with their probabilities as priors, for a tagger that weighs them, and the
// probability of every other span of one fragment, 0 where it is next to impossible.
func (l *Learned) candidates(ctx context.Context, in Input) ([]lexicon.Candidate, func(corpora.Entity) float64, error) {
	seen, err := learn.Look(ctx, l.Searcher, in.Query())
	if err != nil {
		return nil, nil, err
	}
	tokens := corpora.Tokenize(in.Sentence.Text)
	span := func(m learn.Mention) corpora.Fragment {
		return corpora.Fragment{Start: tokens[m.First].Start, End: tokens[m.Last].End}
	}
	type labelled struct {
		corpora.Fragment
		label string
	}
	proposed := l.Model.Propose(seen)
	chances := map[labelled]float64{}
	for _, group := range proposed {
		for _, m := range group {
			chances[labelled{span(m), m.Label}] = m.Score
		}
	}
	reasons := reasons{searcher: l.Searcher, seen: seen}
	var known []lexicon.Candidate
	for _, m := range l.Model.Choose(proposed, l.Threshold, onBorders(in.Sentence.Tokens, tokens)) {
		c, _ := reasons.candidate(span(m), m.Label)
		c.Prior = m.Score
		known = append(known, c)
	}
	return known, func(e corpora.Entity) float64 { return chances[labelled{e.Fragments[0], e.Label}] }, nil
}

// onBorders accepts mentions that begin and end where tokens of the input do, whose tokens may be coarser than ours; nil
// where they are not.
func onBorders(given, ours []corpora.Token) func(learn.Mention) bool {
	if given == nil || slices.Equal(given, ours) {
		return nil
	}
	starts, ends := map[int]bool{}, map[int]bool{}
	for _, t := range given {
		starts[t.Start], ends[t.End] = true, true
	}
	return func(m learn.Mention) bool { return starts[ours[m.First].Start] && ends[ours[m.Last].End] }
}

// reasons say what of the index supports a mention.
type reasons struct {
	searcher *retrieval.Searcher
	seen     learn.Seen
	votes    votes
}

// entity writes down a mention with the terms that its surface names and the sentences that have it annotated.
func (r reasons) entity(f corpora.Fragment, m learn.Mention) corpora.Entity {
	e := corpora.Entity{Label: m.Label, Fragments: []corpora.Fragment{f}, Score: m.Score, Status: corpora.StatusExact}
	c, known := r.candidate(f, m.Label)
	if known {
		e.Status, e.Concepts = statusOf(c), r.searcher.Concepts(c)
		e.From.Terms = r.searcher.TermIDs(c)
	}
	e.From.Demonstrations = r.votes.refs(c)
	return e
}

// candidate is what the lexicon knows of a stretch with a label.
func (r reasons) candidate(f corpora.Fragment, label string) (c lexicon.Candidate, known bool) {
	for _, c := range r.seen.Candidates {
		if c.Fragment == f && c.Label == label {
			return c, true
		}
	}
	return lexicon.Candidate{Fragment: f, Surface: r.seen.Sentence.Text[f.Start:f.End], Label: label}, false
}
