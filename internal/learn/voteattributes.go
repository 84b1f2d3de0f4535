package learn

import (
	"cmp"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/retrieval"
)

var (
	kUnvoted   = kind("no vote")
	kVote      = kind("vote")
	kVoteFirst = kind("first vote")
)

// ballot is the votes that a token got: the equal words of the retrieved sentences say what they are there.
type ballot struct {
	marks []mark
	sum   float64
}

type mark struct {
	hash   uint64 // of label and part; of the outside 0
	weight float64
}

func (b *ballot) cast(hash uint64, weight float64) {
	b.sum += weight
	for i := range b.marks {
		if b.marks[i].hash == hash {
			b.marks[i].weight += weight
			return
		}
	}
	b.marks = append(b.marks, mark{hash, weight})
}

// An equal word on one side makes a vote worth so much more; a sentence's score counts, and the worst one a little.
const (
	contextVote = 2.0
	leastVote   = 0.1
)

// voteAttributes are the shares of the marks that a token's equals have in the retrieved sentences.
func (v *view) voteAttributes() {
	places := make(map[uint64][]int, len(v.words))
	for i := range v.words {
		places[v.words[i].norm] = append(places[v.words[i].norm], i)
	}
	ballots := make([]ballot, len(v.words))
	for _, d := range v.Demonstrations {
		v.poll(d, places, ballots)
	}
	for i := range ballots {
		v.tell(i, &ballots[i])
	}
}

// poll casts the votes of one retrieved sentence.
func (v *view) poll(d retrieval.Demonstration, places map[uint64][]int, ballots []ballot) {
	tokens := tokensOf(d.Sentence)
	norms, marks := make([]uint64, len(tokens)+2), make([]uint64, len(tokens))
	norms[0], norms[len(norms)-1] = border.norm, border.norm
	for j, t := range tokens {
		norms[j+1] = normOf(d.Sentence.Text[t.Start:t.End])
	}
	for _, e := range d.Entities {
		if len(e.Fragments) != 1 {
			continue
		}
		if first, last, ok := within(tokens, e.Fragments[0]); ok {
			for j := first; j <= last; j++ {
				marks[j] = mix(xxhash.Sum64String(e.Label), partOf(j, first, last))
			}
		}
	}
	for j := range tokens {
		for _, i := range places[norms[j+1]] {
			weight := 1.0
			if v.near(i, -1).norm == norms[j] {
				weight += contextVote
			}
			if v.near(i, 1).norm == norms[j+2] {
				weight += contextVote
			}
			ballots[i].cast(marks[j], weight*(d.Score+leastVote))
		}
	}
}

func (v *view) tell(i int, b *ballot) {
	if b.sum == 0 {
		v.add(i, kUnvoted)
		return
	}
	slices.SortFunc(b.marks, func(x, y mark) int { return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.hash, y.hash)) })
	for _, m := range b.marks {
		v.add(i, kVote, m.hash, level(m.weight/b.sum))
	}
	for o := -1; o <= 1; o++ {
		v.addNear(i+o, kVoteFirst, at(-o), b.marks[0].hash)
	}
}
