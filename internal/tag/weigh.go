package tag

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
)

// Weigher says how a model's answer and the index's priors make one score. A small model's answer must be weighed, not
// trusted: what it forgets may stand in the lexicon, what it adds may be none, and what it repeats it was shown
// (docs/decisions/0005-weighing.md).
type Weigher struct {
	// Trust, 0 to 1, moves the score of a span that the model named towards 1 by this share, and that of a span that
	// it did not name towards 0. At 0 the index alone judges what it knows, and of what it does not know a mention
	// is worth the share of its label's mentions that are novel (retrieval.Searcher.Novel). At 1 the model's answer
	// stands as it is.
	Trust     float64
	Threshold float64 // least score of an entity
}

// opinion is one span with a label, and who spoke for it.
type opinion struct {
	entity    corpora.Entity
	named     bool              // by the model
	known     bool              // to the index
	candidate lexicon.Candidate // of the index, where known
	novel     float64           // share of the label's mentions that the index does not know
	score     float64
}

// steps are the scores by what the index knows, and by the model where it has named the span or its silence counts.
func (o opinion) steps() (steps []corpora.Step) {
	if o.known {
		steps = append(steps, corpora.Step{By: corpora.BySentence, Score: o.candidate.Prior})
	}
	if o.named || o.score != o.candidate.Prior {
		steps = append(steps, corpora.Step{By: corpora.ByModel, Score: o.score})
	}
	return steps
}

func (w Weigher) score(o opinion) float64 {
	p := o.novel
	if o.known {
		p = o.candidate.Prior
	}
	if !o.named {
		return p * (1 - w.Trust)
	}
	return p + w.Trust*(1-p)
}

// decide scores opinions and keeps those that stand: with at least the threshold, and, of two that overlap and that
// model and index each hold alone, the index's, unless its score is below Trust.
func (w Weigher) decide(all []opinion) (kept []opinion, discarded int) {
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
func (w Weigher) beaten(o opinion, all []opinion) bool {
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

// statusOf is exact, except for a surface of which only another spelling or word order is known.
func statusOf(c lexicon.Candidate) corpora.Status {
	switch c.Source {
	case "fuzzy", "spelling", "order":
		return corpora.StatusFuzzy
	}
	return corpora.StatusExact
}
