package tag

import (
	"context"
	"slices"

	"github.com/ragner/ragner/retrieval"
)

// find plans sentences, in their order.
func (s *Sharer) find(ctx context.Context, inputs []Input) ([]plan, error) {
	plans := make([]plan, len(inputs))
	if s.Sharing.PerSet > 0 && !s.Given {
		if err := s.retrieve(ctx, inputs, s.Sharing, plans); err != nil {
			return nil, err
		}
		s.join(inputs, plans)
		return plans, nil
	}
	n := max(s.Together, 1)
	for first := 0; first < len(inputs); first += n {
		end := min(first+n, len(inputs))
		one := plans[first:end]
		var err error
		if s.Given {
			err = s.give(ctx, inputs[first:end], one)
		} else {
			err = s.retrieve(ctx, inputs[first:end], retrieval.Sharing{PerSet: n}, one)
		}
		if err != nil {
			return nil, err
		}
		s.join(inputs[first:end], one)
		for i := range one {
			one[i].set = first / n
		}
	}
	return plans, nil
}

// retrieve fills in what is retrieved for sentences together.
func (s *Sharer) retrieve(ctx context.Context, inputs []Input, sharing retrieval.Sharing, plans []plan) error {
	queries := make([]retrieval.Query, len(inputs))
	for i, in := range inputs {
		queries[i] = in.Query()
	}
	found, err := s.Searcher.RetrieveShared(ctx, queries, sharing)
	for i, f := range found {
		plans[i] = plan{evidence: f.Evidence, set: f.Set}
	}
	return err
}

// give fills in the terms of each sentence, and the demonstrations of the first for all of which they may be shown.
func (s *Sharer) give(ctx context.Context, inputs []Input, plans []plan) error {
	queries := make([]retrieval.Query, len(inputs))
	for i, in := range inputs {
		queries[i] = in.Query()
		evidence, err := s.Searcher.Retrieve(ctx, queries[i])
		if err != nil {
			return err
		}
		plans[i] = plan{evidence: evidence}
	}
	showable := s.Searcher.Showable(queries...)
	shared := slices.DeleteFunc(plans[0].evidence.Demonstrations, func(d retrieval.Demonstration) bool { return !showable(d) })
	for i := range plans {
		plans[i].evidence.Demonstrations, plans[i].evidence.Shared = shared, len(shared)
	}
	return nil
}

// join makes groups, in the order of the input, of sentences that are shown the same set. One for which no set may be
// shown has a prompt of its own.
func (s *Sharer) join(inputs []Input, plans []plan) {
	if s.Together < 2 {
		return
	}
	bySet := map[int][]int{}
	for i, p := range plans {
		if p.evidence.Shared > 0 || len(p.evidence.Demonstrations) == 0 {
			bySet[p.set] = append(bySet[p.set], i)
		}
	}
	for _, members := range bySet {
		for some := range slices.Chunk(members, s.Together) {
			if len(some) > 1 {
				s.group(some, inputs, plans)
			}
		}
	}
}

func (s *Sharer) group(members []int, inputs []Input, plans []plan) {
	var ins []Input
	var evidence []retrieval.Evidence
	for _, i := range members {
		ins, evidence = append(ins, inputs[i]), append(evidence, plans[i].evidence)
	}
	g := newGroup(s.Searcher, ins, evidence)
	for place, i := range members {
		plans[i].group, plans[i].place = g, place
	}
}
