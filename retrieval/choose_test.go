package retrieval

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/index/forward"
)

// TestChooseAddsMost compares the choice among made-up candidates with one by sets, step by step.
func TestChooseAddsMost(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		c := chooser{settings: Settings{K: 1 + rng.IntN(6), Coverage: true, MMR: 1}}
		for range rng.IntN(12) {
			c.needs.add(float64(rng.IntN(5)) / 4) // few values, so that there are ties
		}
		var pool []candidate
		for row := range rng.IntN(15) {
			p := candidate{fused: fused{row: row, score: float64(rng.IntN(5)) / 4}}
			for at := range c.needs.weights {
				if rng.IntN(3) == 0 {
					p.has = append(p.has, int32(at))
				}
			}
			for word := range forward.Word(6) {
				if rng.IntN(2) == 0 {
					p.words = append(p.words, word)
				}
			}
			pool = append(pool, p)
		}
		if round%2 == 0 {
			c.settings.NearDuplicate = 0.6
		}
		slices.SortFunc(pool, func(a, b candidate) int { return compareFused(a.fused, b.fused) })
		got, want := rowsOf(c.choose(slices.Clone(pool))), naiveChoice(c, pool)
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: chose rows %v, want %v", round, got, want)
		}
	}
}

func rowsOf(list []candidate) (rows []int) {
	for _, p := range list {
		rows = append(rows, p.row)
	}
	return rows
}

// naiveChoice recomputes from the start, for each step, what each candidate would add.
func naiveChoice(c chooser, pool []candidate) []int {
	var chosen []candidate
	left := slices.Clone(pool)
	for len(chosen) < c.settings.K && len(left) > 0 {
		best := slices.MaxFunc(left, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.score+worth(c, append(chosen[:len(chosen):len(chosen)], a))-worth(c, chosen),
				b.score+worth(c, append(chosen[:len(chosen):len(chosen)], b))-worth(c, chosen)), compareFused(b.fused, a.fused))
		})
		left = slices.DeleteFunc(left, func(p candidate) bool { return p.row == best.row })
		if limit := c.settings.NearDuplicate; limit > 0 && slices.ContainsFunc(chosen, func(o candidate) bool { return overlap(o, best) > limit }) {
			continue
		}
		chosen = append(chosen, best)
	}
	slices.SortFunc(chosen, func(a, b candidate) int { return compareFused(a.fused, b.fused) })
	return rowsOf(chosen)
}

// worth is the weight of all needs that some candidate meets.
func worth(c chooser, list []candidate) (sum float64) {
	for at, weight := range c.needs.weights {
		if slices.ContainsFunc(list, func(p candidate) bool { return slices.Contains(p.has, int32(at)) }) {
			sum += weight
		}
	}
	return sum
}

func overlap(a, b candidate) float64 {
	all := map[forward.Word]int{}
	for _, w := range append(slices.Clone(a.words), b.words...) {
		all[w]++
	}
	both := 0
	for _, n := range all {
		both += n - 1
	}
	return float64(both) / max(float64(len(all)), 1)
}

// TestChoiceHoldsOut: what is to be covered, and how much it counts, is for a sentence of an indexed document what it is
// where that document is not indexed.
func TestChoiceHoldsOut(t *testing.T) {
	gold := document(t, strings.TrimSpace(heldGold))
	clean := searcher(t, world{documents: documents(t, heldWorld)}.build(t), nil, Defaults())
	full := searcher(t, world{documents: append(documents(t, heldWorld), gold)}.build(t), nil, Defaults())
	read := func(r *Searcher, q Query) *search {
		s := &search{Query: q}
		r.readQuery(s)
		return s
	}
	leaks := false
	for i, q := range sentences(gold) {
		bare := q
		bare.Sentence.DocID = "another"
		want := read(clean, bare)
		got := read(full, q)
		if !sameUses(got.uses(full), want.uses(clean)) {
			t.Errorf("sentence %d: words %v, without the document %v", i, got.uses(full), want.uses(clean))
		}
		if len(got.mentions) != len(want.mentions) {
			t.Errorf("sentence %d: mentions %v, without the document %v", i, got.mentions, want.mentions)
		}
		leaks = leaks || !sameUses(read(full, bare).uses(full), want.uses(clean))
	}
	if !leaks {
		t.Error("a document that is not held out betrays nothing, so this test shows nothing")
	}
}

func sameUses(a, b []use) bool {
	return slices.EqualFunc(a, b, func(x, y use) bool { return x.word == y.word && x.Occurrence == y.Occurrence })
}

// TestLikelyMentionIsShown: where a sentence shows a likely mention of the query annotated, and there is room, one is
// shown, however unlike the query it is.
func TestLikelyMentionIsShown(t *testing.T) {
	w := sampleWorld(t, 100)
	x := w.build(t)
	s := Defaults()
	s.Mentions, s.Pool, s.NearDuplicate = 100, 5, 0
	r := searcher(t, x, w.embedder, s)
	shown := 0
	for _, q := range sampleQueries() {
		found := &search{Query: q}
		r.readQuery(found)
		demonstrations := retrieve(t, r, q).Demonstrations
		for _, m := range found.mentions[:min(len(found.mentions), s.K)] {
			if len(found.mentions) > s.K || len(x.SentencesWith(nil, m.key)) == 0 {
				continue
			}
			shown++
			if !slices.ContainsFunc(demonstrations, func(d Demonstration) bool { return shows(d, m.key) }) {
				t.Errorf("a likely mention that the index has is not shown for a query of %d bytes", len(q.Sentence.Text))
			}
		}
	}
	if shown == 0 {
		t.Error("no query has a likely mention")
	}
}

func shows(d Demonstration, key forward.Key) bool {
	for _, e := range d.Entities {
		if forward.KeyOf(e.Surface(d.Sentence.Text)) == key {
			return true
		}
	}
	return false
}
