package tag

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// Weights say how a model's answer and the index's priors make one score. A small model's answer must be weighed, not
// trusted: what it forgets may stand in the lexicon, what it adds may be what the lexicon knows to be none.
type Weights struct {
	// Named is the score of a mention that the model named and the index knows nothing of.
	Named float64
	// Agreed moves the prior of a span that the model named too towards 1 by this share; Forgotten moves the prior of
	// a span that the model did not name towards 0.
	Agreed    float64
	Forgotten float64
	// Crossing is what a model's mention is worth that overlaps a span of the index with other borders; it wins
	// only over a span with less.
	Crossing  float64
	Threshold float64 // least score of an entity
}

// TrustModel takes the model's answer as it is.
func TrustModel() Weights {
	return Weights{Named: 1, Agreed: 1, Forgotten: 1, Crossing: 1, Threshold: 0.01}
}

// DefaultWeights are tuned on development data with a model of half a billion parameters (docs/results.md).
func DefaultWeights() Weights {
	return Weights{Named: 0.45, Agreed: 0.5, Forgotten: 0.3, Crossing: 0.5, Threshold: 0.4}
}

// opinion is one span with a label, and who spoke for it.
type opinion struct {
	entity    corpora.Entity
	named     bool // by the model
	known     bool // to the index
	candidate lexicon.Candidate
	score     float64
}

func (w Weights) score(o opinion) float64 {
	switch {
	case o.named && o.known:
		return o.candidate.Prior + w.Agreed*(1-o.candidate.Prior)
	case o.known:
		return o.candidate.Prior * (1 - w.Forgotten)
	}
	return w.Named
}

// gather joins what the model named with what the index knows, one opinion a span and label.
func gather(named []corpora.Entity, known []lexicon.Candidate) []opinion {
	var all []opinion
	used := make([]bool, len(known))
	for _, e := range named {
		o := opinion{entity: e, named: true}
		for i, c := range known {
			if !used[i] && sameSpan(e, c) {
				o.known, o.candidate, used[i] = true, c, true
				break
			}
		}
		all = append(all, o)
	}
	for i, c := range known {
		if !used[i] {
			e := corpora.Entity{Label: c.Label, Fragments: []corpora.Fragment{c.Fragment}, Status: corpora.StatusExact}
			all = append(all, opinion{entity: e, known: true, candidate: c})
		}
	}
	return all
}

func sameSpan(e corpora.Entity, c lexicon.Candidate) bool {
	return e.Label == c.Label && len(e.Fragments) == 1 && e.Fragments[0] == c.Fragment
}
