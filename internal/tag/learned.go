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
	look, err := l.look(ctx, in)
	if err != nil {
		return Prediction{}, err
	}
	return Prediction{Entities: l.entities(look, look.proposed), Stats: Stats{Sentences: 1}}, nil
}

// look is what the learned tagger makes of a sentence before it decides.
type look struct {
	in       Input
	seen     learn.Seen
	tokens   []corpora.Token
	proposed [][]learn.Mention // by group
	alone    [][]learn.Mention // the same before the document had a say, nil where it had none
}

// look looks at a sentence together with its document, where the one says something of the other.
func (l *Learned) look(ctx context.Context, in Input) (k look, err error) {
	defer l.Searcher.Safely(&err)()
	if in.page != nil && l.Model.Agrees() {
		return in.page.look(ctx, l, in.at)
	}
	return l.lookAlone(ctx, in)
}

func (l *Learned) lookAlone(ctx context.Context, in Input) (look, error) {
	seen, err := learn.Look(ctx, l.Searcher, in.Query())
	if err != nil {
		return look{}, err
	}
	return look{in: in, seen: seen, tokens: corpora.Tokenize(in.Sentence.Text), proposed: l.Model.Propose(seen)}, nil
}

// span is where a mention stands in the sentence.
func (k look) span(m learn.Mention) corpora.Fragment {
	return corpora.Fragment{Start: k.tokens[m.First].Start, End: k.tokens[m.Last].End}
}

// entities decides on what is proposed and gives the reasons.
func (l *Learned) entities(k look, proposed [][]learn.Mention) []corpora.Entity {
	reasons := reasons{l.Searcher, k.seen, newVotes(k.seen.Demonstrations)}
	var list []corpora.Entity
	for _, m := range l.Model.Choose(proposed, l.Threshold) {
		e := reasons.entity(k.span(m), m)
		e.From.Steps = k.steps(m)
		list = append(list, e)
	}
	slices.SortStableFunc(list, corpora.CompareEntities)
	return list
}

// steps are the scores of a mention up to its last one: of its sentence, of its document, and of a model that was asked, those
// that changed it. They are nil where the sentence alone decided.
func (k look) steps(m learn.Mention) []corpora.Step {
	weighed, _ := find(k.proposed, m) // 0 of what the model alone has named
	alone, ok := find(k.alone, m)
	if !ok {
		alone = weighed
	}
	steps := []corpora.Step{{By: corpora.BySentence, Score: alone}}
	if weighed != alone {
		steps = append(steps, corpora.Step{By: corpora.ByDocument, Score: weighed})
	}
	if m.Score != weighed {
		steps = append(steps, corpora.Step{By: corpora.ByModel, Score: m.Score})
	}
	if len(steps) == 1 {
		return nil
	}
	return steps
}

// find finds the score of a mention.
func find(groups [][]learn.Mention, m learn.Mention) (score float64, ok bool) {
	for _, list := range groups {
		for _, o := range list {
			if o.First == m.First && o.Last == m.Last && o.Label == m.Label {
				return o.Score, true
			}
		}
	}
	return 0, false
}

// chance is that a sentence holds any mention, as if its proposals were independent.
func (k look) chance() float64 {
	none := 1.0
	for _, group := range k.proposed {
		for _, m := range group {
			none *= 1 - m.Score
		}
	}
	return 1 - none
}

// candidates are the mentions of a sentence with their probabilities as priors, for a tagger that weighs them, and the
// probability of every other span of one fragment, 0 where it is next to impossible.
func (l *Learned) candidates(k look) ([]lexicon.Candidate, func(corpora.Entity) float64) {
	type labelled struct {
		corpora.Fragment
		label string
	}
	chances := map[labelled]float64{}
	for _, group := range k.proposed {
		for _, m := range group {
			chances[labelled{k.span(m), m.Label}] = m.Score
		}
	}
	reasons := reasons{searcher: l.Searcher, seen: k.seen}
	var known []lexicon.Candidate
	for _, m := range l.Model.Choose(k.proposed, l.Threshold) {
		c, _ := reasons.candidate(k.span(m), m.Label)
		c.Prior = m.Score
		known = append(known, c)
	}
	return known, func(e corpora.Entity) float64 { return chances[labelled{e.Fragments[0], e.Label}] }
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
