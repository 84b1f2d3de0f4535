package tag

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// Weights say how a model's answer and the index's priors make one score. A small model's answer must be weighed, not
// trusted: what it forgets may stand in the lexicon, what it adds may be none (docs/decisions/0005-weighing.md).
type Weights struct {
	// Agreed moves the prior of a span that the model named too towards 1 by this share; Forgotten moves the prior of
	// a span that the model did not name towards 0.
	Agreed    float64
	Forgotten float64
	// Trust moves the score of what the model alone found towards 1 by this share. Without trust the score is what
	// the index thinks plausible (retrieval.Searcher.Plausible).
	Trust     float64
	Threshold float64 // least score of an entity
}

// TrustModel takes the model's answer as it is: what it names stands, what it does not name falls.
func TrustModel() Weights { return Weights{Agreed: 1, Forgotten: 1, Trust: 1, Threshold: 0.01} }

// DefaultWeights are tuned on development data with a model of half a billion parameters (docs/results.md).
func DefaultWeights() Weights {
	return Weights{Agreed: 0.5, Forgotten: 0.05, Threshold: DefaultThreshold}
}

// opinion is one span with a label, and who spoke for it.
type opinion struct {
	entity    corpora.Entity
	named     bool              // by the model
	known     bool              // to the index
	candidate lexicon.Candidate // of the index, where known
	plausible float64           // to the index, where it is not known
	score     float64
}

func (w Weights) score(o opinion) float64 {
	switch {
	case o.named && o.known:
		return o.candidate.Prior + w.Agreed*(1-o.candidate.Prior)
	case o.known:
		return o.candidate.Prior * (1 - w.Forgotten)
	}
	return o.plausible + w.Trust*(1-o.plausible)
}

// decide scores opinions and keeps those that stand: with at least the threshold, and, of two that overlap and that
// model and index each hold alone, the index's, unless its score is below Trust.
func (w Weights) decide(all []opinion) (kept []opinion, discarded int) {
	for i := range all {
		all[i].score = w.score(all[i])
	}
	for _, o := range all {
		switch {
		case o.score >= w.Threshold && !w.beaten(o, all):
			kept = append(kept, o)
		case o.named:
			discarded++
		}
	}
	return kept, discarded
}

// beaten reports whether the other side alone holds an overlapping span that goes before o.
func (w Weights) beaten(o opinion, all []opinion) bool {
	if o.named && o.known {
		return false
	}
	for _, other := range all {
		switch {
		case other.known == o.known || other.named == o.named || !overlaps(o.entity, other.entity):
		case other.known && other.score >= max(w.Trust, w.Threshold), o.known && o.score < w.Trust:
			return true
		}
	}
	return false
}

func overlaps(a, b corpora.Entity) bool {
	for _, f := range a.Fragments {
		for _, g := range b.Fragments {
			if f.Start < g.End && g.Start < f.End {
				return true
			}
		}
	}
	return false
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
			e := corpora.Entity{Label: c.Label, Fragments: []corpora.Fragment{c.Fragment}, Status: statusOf(c)}
			all = append(all, opinion{entity: e, known: true, candidate: c})
		}
	}
	return all
}

func sameSpan(e corpora.Entity, c lexicon.Candidate) bool {
	return e.Label == c.Label && len(e.Fragments) == 1 && e.Fragments[0] == c.Fragment
}

// statusOf is exact, except for a surface that is only spelled like a known one.
func statusOf(c lexicon.Candidate) corpora.Status {
	if c.Source == "fuzzy" {
		return corpora.StatusFuzzy
	}
	return corpora.StatusExact
}
