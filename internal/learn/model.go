package learn

import (
	"math"
	"slices"
	"sync"
)

// Model is a learned tagger. It is safe for concurrent use.
type Model struct {
	hashes table
	groups []*group
	held   held
}

// group is the model of one group of labels, its weights in steps of Scale.
type group struct {
	layout
	Labels      []string    `json:"labels"`
	Threshold   float64     `json:"threshold"`
	Calibration calibration `json:"calibration"`
	Agreement   Stack       `json:"agreement,omitempty"` // by which the mentions of a document are weighed together; nil: not
	Scale       float64     `json:"scale"`

	from    []uint32 // by attribute: where its weights begin; one more at the end
	tags    []uint16 // by weight
	weights []int16
	steps   []float64 // the weights between tags

	lattices sync.Pool
}

// least is what a weight must be worth to be kept, beside the greatest.
const least = 1.0 / 2000

// newGroup rounds weights to 16 bits; those that become next to nothing are dropped.
func newGroup(labels []string, w *weights, x []float64) *group {
	g := &group{layout: newLayout(len(labels)), Labels: labels, Calibration: identity, from: []uint32{0}}
	greatest := 0.0
	for _, v := range x[:len(w.tags)] {
		greatest = max(greatest, math.Abs(v))
	}
	g.Scale = max(greatest, 1e-9) / math.MaxInt16
	for a := range len(w.from) - 1 {
		for k := w.from[a]; k < w.from[a+1]; k++ {
			if math.Abs(x[k]) >= least*greatest && x[k] != 0 {
				g.tags = append(g.tags, w.tags[k])
				g.weights = append(g.weights, int16(math.Round(x[k]/g.Scale)))
			}
		}
		g.from = append(g.from, uint32(len(g.tags)))
	}
	for _, v := range x[len(w.tags):] {
		g.steps = append(g.steps, float64(float32(v)))
	}
	return g
}

// lattice is a lattice with the group's weights between tags.
func (g *group) lattice() *lattice {
	t := newLattice(g.layout)
	t.setSteps(g.steps)
	return t
}

// score adds up the weights of a token's attributes, by tag.
func (g *group) score(attrs []uint32, into []float64) {
	for _, a := range attrs {
		for k := g.from[a]; k < g.from[a+1]; k++ {
			into[g.tags[k]] += float64(g.weights[k])
		}
	}
	for i := range into {
		into[i] *= g.Scale
	}
}

// find lists the group's mentions with at least the raw probability, within borders.
func (g *group) find(attrs [][]uint32, b borders, leastRaw float64, f func(m Mention)) {
	t, ok := g.lattices.Get().(*lattice)
	if !ok {
		t = g.lattice()
	}
	defer g.lattices.Put(t)
	t.resize(len(attrs))
	for i, list := range attrs {
		g.score(list, t.row(t.score, i))
	}
	t.bound(b)
	t.run()
	t.eachSpan(leastRaw, func(s span, p float64) {
		f(Mention{s.first, s.last, g.Labels[s.label], g.Calibration.of(p)})
	})
}

// Threshold is the least of the groups' own thresholds.
func (m *Model) Threshold() float64 {
	least := 1.0
	for _, g := range m.groups {
		least = min(least, g.Threshold)
	}
	return least
}

// leastProposal is the raw probability below which nothing is proposed.
const leastProposal = 0.01

// Propose lists all mentions of a sentence that are not next to impossible, overlapping ones too, group by group. Tokens are
// those of corpora.Tokenize of the sentence's text; where the sentence has tokens of its own, no mention begins or ends
// inside of one.
func (m *Model) Propose(s Seen) [][]Mention {
	hashes := attributes(s)
	if len(hashes) == 0 {
		return make([][]Mention, len(m.groups))
	}
	attrs := make([][]uint32, len(hashes))
	for i, list := range hashes {
		attrs[i] = m.hashes.known(list)
	}
	b := bordersOf(s.Sentence.Tokens, tokensOf(s.Sentence))
	out := make([][]Mention, len(m.groups))
	for i, g := range m.groups {
		g.find(attrs, b, leastProposal, func(found Mention) { out[i] = append(out[i], found) })
	}
	return out
}

// Tag finds the mentions of a sentence: of each group those with at least the threshold that do not overlap and are best
// together. The threshold 0 is the one that the group learned.
func (m *Model) Tag(s Seen, threshold float64) []Mention {
	return m.Choose(m.Propose(s), threshold)
}

// Choose chooses of what Propose gave as Tag does.
func (m *Model) Choose(proposed [][]Mention, threshold float64) []Mention {
	var all []Mention
	for i, found := range proposed {
		at := threshold
		if at == 0 {
			at = m.groups[i].Threshold
		}
		all = append(all, Decide(found, at)...)
	}
	return all
}

// Group is the number of the group that has a label, -1 where none has.
func (m *Model) Group(label string) int {
	return slices.IndexFunc(m.groups, func(g *group) bool { return slices.Contains(g.Labels, label) })
}
