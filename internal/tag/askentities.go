package tag

import (
	"cmp"
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/learn"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/retrieval"
)

// AskEntities asks a model for all entities of a sentence, with demonstrations, terms and what the learned tagger
// proposes as hints. Its say on a mention is three numbers: whether it named just this, the log-probability of the tokens by
// which it did, where the server gives them, and whether it named something with the same label that overlaps it instead.
type AskEntities struct{ Model *LLM }

var _ Asker = (*AskEntities)(nil)

// Features is 3.
func (a *AskEntities) Features() int { return 3 }

// Ask calls the model once, or reads what it answered about several sentences.
func (a *AskEntities) Ask(ctx context.Context, l *Learned, k look) (say, Stats, error) {
	answered, stats, err := a.Model.ask(ctx, k.in, k.hinter(l))
	if err != nil {
		return say{}, stats, err
	}
	named, broken, lost := k.mentions(answered.aligned.Entities)
	stats.Discarded = lost
	return say{opinions(l, k.proposed, named), broken}, stats, nil
}

// Stack believes a model a little.
func (a *AskEntities) Stack() learn.Stack { return learn.Stack{0, 1, 0.3, 0.1, -0.3} }

// Render gives the messages of the call.
func (a *AskEntities) Render(ctx context.Context, l *Learned, k look) (Shown, error) {
	return a.Model.show(ctx, k.in, k.hinter(l))
}

// hinter gives the hints of k's sentence, and those of others that stand in a prompt with it.
func (k look) hinter(l *Learned) hinter {
	return func(ctx context.Context, in Input, hits []retrieval.TermHit) ([]retrieval.TermHit, error) {
		if planKey(in.Sentence) == planKey(k.in.Sentence) {
			return k.hints(hits), nil
		}
		other, err := l.look(ctx, in)
		if err != nil {
			return nil, err
		}
		return other.hints(hits), nil
	}
}

// leastHint is the probability from which a proposal is worth a hint.
const leastHint = 0.1

// hints are the term hits and what the learned tagger proposes, with its probabilities, in text order.
func (k look) hints(hits []retrieval.TermHit) []retrieval.TermHit {
	hits = slices.Clone(hits)
	for _, group := range k.proposed {
		for _, m := range group {
			if m.Score < leastHint {
				continue
			}
			span := k.span(m)
			same := func(h retrieval.TermHit) bool { return h.Fragment == span && h.Term.Label == m.Label }
			if i := slices.IndexFunc(hits, same); i >= 0 {
				hits[i].Chance = m.Score
				continue
			}
			text := k.in.Sentence.Text[span.Start:span.End]
			hits = append(hits, retrieval.TermHit{Term: corpora.Term{Label: m.Label}, Fragment: span, Surface: text, Chance: m.Score})
		}
	}
	slices.SortStableFunc(hits, func(a, b retrieval.TermHit) int {
		return cmp.Or(cmp.Compare(a.Fragment.Start, b.Fragment.Start), cmp.Compare(a.Fragment.End, b.Fragment.End))
	})
	return hits
}

// leastLogProbability bounds what one unlikely token can say.
const leastLogProbability = -6.0

// logProbability is that of the tokens of a part of an answer, 0 where the server gives none.
func logProbability(answer llm.Response, part corpora.Fragment) float64 {
	sum, at := 0.0, 0
	for _, t := range answer.Logprobs {
		end := at + len(t.Token)
		if at < part.End && part.Start < end {
			sum += t.Logprob
		}
		at = end
	}
	return max(sum, leastLogProbability)
}

// mentions are entities as stretches of our tokens, those of several fragments, and how many are neither.
func (k look) mentions(entities []corpora.Entity) (list []learn.Mention, broken []corpora.Entity, lost int) {
	starts, ends := map[int]int{}, map[int]int{}
	for i, t := range k.tokens {
		starts[t.Start], ends[t.End] = i, i
	}
	for _, e := range entities {
		if len(e.Fragments) != 1 {
			broken = append(broken, e)
			continue
		}
		first, ok := starts[e.Fragments[0].Start]
		last, fits := ends[e.Fragments[0].End]
		if !ok || !fits {
			lost++
			continue
		}
		list = append(list, learn.Mention{First: first, Last: last, Label: e.Label, Score: e.Score})
	}
	return list, broken, lost
}

// unproposed is the probability of what the learned tagger did not propose.
const unproposed = 0.005

// opinions joins what is proposed with what the model named, each with its log-probability as score.
func opinions(l *Learned, proposed [][]learn.Mention, named []learn.Mention) [][]said {
	out := make([][]said, len(proposed))
	used := make([]bool, len(named))
	for i, group := range proposed {
		for _, m := range group {
			s := said{m, []float64{0, 0, 0}}
			for j, n := range named {
				switch {
				case n.Label != m.Label || n.Last < m.First || m.Last < n.First:
				case n.First == m.First && n.Last == m.Last:
					s.model[0], s.model[1], used[j] = 1, n.Score, true
				default:
					s.model[2] = 1
				}
			}
			if s.model[0] == 1 {
				s.model[2] = 0
			}
			out[i] = append(out[i], s)
		}
	}
	for j, n := range named {
		if i := l.Model.Group(n.Label); !used[j] && i >= 0 {
			model := []float64{1, n.Score, 0}
			n.Score, used[j] = unproposed, true
			out[i] = append(out[i], said{n, model})
		}
	}
	return out
}
