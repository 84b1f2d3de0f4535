package retrieval

import (
	"context"
	"errors"
	"slices"
)

// Sharing says how queries that come together share demonstrations.
type Sharing struct {
	PerSet int // queries that share one set, on average; at least 1
	Own    int // demonstrations that each query has for itself, after those of its set
}

// Validate names what cannot be.
func (s Sharing) Validate() error {
	if s.PerSet < 1 || s.Own < 0 {
		return errors.New("retrieval: shared sets want at least one query a set, and no negative number of own demonstrations")
	}
	return nil
}

// Shared is the evidence of one of several queries. Evidence.Shared of its demonstrations, the first ones, are those of
// its set, the same and in the same order for every query of the set.
type Shared struct {
	Evidence
	Set int // from 0; -1: no set may be shown to the query
}

// RetrieveShared finds evidence for queries that a model answers one after the other. Few sets of K demonstrations serve
// all of them, so that a server that keeps the beginning of a prompt evaluates each set once. The sets are chosen as
// cluster centres are (Lloyd 1982): each query goes to the set that is worth most to it, each set is chosen anew,
// greedily, for its queries together, a few times over. What a demonstration is worth to a query is what the choice for
// a single query goes by: its fused score, and the share of the query's words that it adds. No query is given a set with
// a sentence that must not be shown for it. The evidence stands in the order of the queries.
func (r *Searcher) RetrieveShared(ctx context.Context, queries []Query, s Sharing) (out []Shared, err error) {
	defer r.Safely(&err)()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	x := sharer{searcher: r, perSet: s.PerSet}
	for _, q := range queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := x.add(ctx, q); err != nil {
			return nil, err
		}
	}
	x.readRows()
	if err := x.cluster(ctx); err != nil {
		return nil, err
	}
	out = make([]Shared, len(queries))
	for i := range out {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[i] = x.evidence(i, s.Own)
	}
	return out, nil
}

// evidence is the set of query i, then its own demonstrations, its terms and passages.
func (x *sharer) evidence(i, own int) Shared {
	q, r := &x.queries[i], x.searcher
	out := Shared{Set: q.set, Evidence: Evidence{Terms: r.terms(q.search), Passages: r.passages(q.search)}}
	shown := x.setOf(q)
	for rank, place := range shown {
		out.Demonstrations = append(out.Demonstrations, x.demonstration(i, place, Contribution{"shared", rank + 1, x.scoreOf(i, place)}))
	}
	out.Shared = len(shown)
	for rank, place := range x.own(i, own, shown) {
		out.Demonstrations = append(out.Demonstrations, x.demonstration(i, place, Contribution{"own", rank + 1, x.scoreOf(i, place)}))
	}
	return out
}

func (x *sharer) setOf(q *sharing) []int {
	if q.set < 0 {
		return nil
	}
	return x.sets[q.set]
}

// demonstration reads a row; what the channels said of it for query i stands before from.
func (x *sharer) demonstration(i, place int, from Contribution) Demonstration {
	record := x.searcher.index.Sentence(x.rows[place].row)
	d := Demonstration{Sentence: record.Sentence, Entities: record.Entities}
	for _, f := range x.queries[i].pool {
		if f.row == x.rows[place].row {
			d.Score, d.From = f.score, slices.Clone(f.from)
		}
	}
	d.From = append(d.From, from)
	return d
}

// own chooses n more rows of query i's pool, those that add most to what is shown already.
func (x *sharer) own(i, n int, shown []int) []int {
	if x.queries[i].set < 0 {
		n += x.searcher.settings.K
	}
	members := []int{i}
	covered := x.newCovered(members)
	for _, place := range shown {
		x.cover(place, covered)
	}
	chosen := slices.Clone(shown)
	for range n {
		place, ok := x.best(x.pool(members), chosen, covered)
		if !ok {
			break
		}
		x.cover(place, covered)
		chosen = append(chosen, place)
	}
	return chosen[len(shown):]
}

// Showable reports for a demonstration that was found for one of several queries whether it may be shown for all of them:
// whether its text is no sentence of a document of theirs, or of one that they exclude.
func (r *Searcher) Showable(queries ...Query) func(Demonstration) bool {
	barred := map[string]bool{}
	for _, q := range queries {
		for _, id := range append([]string{q.Sentence.DocID}, q.Exclude...) {
			for _, row := range r.index.SentencesOf(id) {
				barred[r.index.Sentences().Text(row)] = true
			}
		}
	}
	return func(d Demonstration) bool { return !barred[d.Sentence.Text] }
}
