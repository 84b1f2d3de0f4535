package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A prior is the chance that an occurrence of a surface is annotated with a label, estimated from coarse to fine:
// what is usual for names of its kind, then the key's own counts, then the counts of the exact spelling; each level
// is the pseudo-count of the next (Dirichlet smoothing; MacKay and Peto 1995).
const (
	keyWeight     = 1.0 // pseudo-counts that the kind's base rate is worth at key level
	variantWeight = 2.0 // pseudo-counts that the key's rate is worth at spelling level
)

// Kind is what a name is known as; base rates are estimated for each.
type Kind struct {
	Source string // "corpus", "name" or "synonym"
	Shape  string // "acronym", "word", "words" or "long"
	Label  string
}

// Rate is a base rate: Hits of Trials (fractional, since each entry counts once).
type Rate struct{ Hits, Trials float64 }

// share is the rate, pulled towards prior with a weight of two trials.
func (r Rate) share(prior float64) float64 { return (r.Hits + 2*prior) / (r.Trials + 2) }

// Rates are the base rates of a lexicon.
type Rates map[Kind]Rate

// startRate is believed of each source before anything is counted.
var startRate = map[string]float64{"corpus": 0.7, "name": 0.6, "synonym": 0.3}

func (r Rates) base(k Kind) float64 { return r[k].share(startRate[k.Source]) }

// observe adds one entry's evidence about the kinds it belongs to. A corpus surface is judged by its other
// occurrences, the one that made it known left out; an ontology name by all.
func (r Rates) observe(e Entry) {
	shape := shapeOf(e)
	for _, l := range e.Labels {
		if e.Seen > 1 {
			r.add(Kind{"corpus", shape, l.Label}, float64(l.Count-1)/float64(e.Seen-1))
		}
	}
	if e.Seen == 0 {
		return
	}
	for _, k := range termKinds(e, shape) {
		r.add(k, float64(e.Labelled(k.Label))/float64(e.Seen))
	}
}

func (r Rates) add(k Kind, hits float64) {
	rate := r[k]
	r[k] = Rate{rate.Hits + hits, rate.Trials + 1}
}

// termKinds lists the kinds an entry has by its ontology names, one a label, the best source first.
func termKinds(e Entry, shape string) []Kind {
	var kinds []Kind
	for _, t := range e.Terms {
		if t.Label == "" {
			continue
		}
		k := Kind{"synonym", shape, t.Label}
		if t.Primary || t.Scope == "EXACT" {
			k.Source = "name"
		}
		i := slices.IndexFunc(kinds, func(o Kind) bool { return o.Label == t.Label })
		switch {
		case i < 0:
			kinds = append(kinds, k)
		case k.Source == "name":
			kinds[i] = k
		}
	}
	return kinds
}

// shapeOf is the shape of the entry's spellings: an acronym when all of them look like one.
func shapeOf(e Entry) string {
	switch n := strings.Count(e.Key, " "); {
	case n >= 3:
		return "long"
	case n >= 1:
		return "words"
	}
	for _, v := range e.Variants {
		if !Acronym(v.Surface) {
			return "word"
		}
	}
	return "acronym"
}

// Acronym reports whether a surface is one short word with at least two upper-case letters or digits.
func Acronym(surface string) bool {
	upper, n := 0, 0
	for _, r := range surface {
		n++
		if unicode.IsUpper(r) || unicode.IsDigit(r) {
			upper++
		}
		if unicode.IsSpace(r) {
			return false
		}
	}
	return n <= 6 && upper >= 2 || n <= 2
}

// LabelPrior is one label an occurrence may have, with its prior.
type LabelPrior struct {
	Label string
	Prior float64
}

// Priors estimates the labels of an occurrence of e spelled surface, best first.
func (l *Lexicon) Priors(e Entry, surface string, held Held) []LabelPrior {
	shape := shapeOf(e)
	kinds := termKinds(e, shape)
	priors := make([]LabelPrior, 0, len(kinds)+len(e.Labels))
	for _, k := range kinds {
		priors = append(priors, LabelPrior{k.Label, l.rates.base(k)})
	}
	for _, c := range e.Labels {
		if c.Count > held.Key.Labelled(c.Label) {
			priors = atLeast(priors, LabelPrior{c.Label, l.rates.base(Kind{"corpus", shape, c.Label})})
		}
	}
	variant, _ := e.Variant(surface)
	for i, p := range priors {
		rate := smooth(e.Counts, held.Key, p.Label, keyWeight, p.Prior)
		priors[i].Prior = smooth(variant, held.Variant, p.Label, variantWeight, rate)
	}
	slices.SortFunc(priors, func(a, b LabelPrior) int {
		return cmp.Or(cmp.Compare(b.Prior, a.Prior), strings.Compare(a.Label, b.Label))
	})
	return priors
}

// atLeast raises a label's prior to p's, or adds it.
func atLeast(priors []LabelPrior, p LabelPrior) []LabelPrior {
	for i := range priors {
		if priors[i].Label == p.Label {
			priors[i].Prior = max(priors[i].Prior, p.Prior)
			return priors
		}
	}
	return append(priors, p)
}

// smooth is the share of c, without held, that carries label; prior is worth so many occurrences.
func smooth(c, held Counts, label string, weight, prior float64) float64 {
	seen := max(c.Seen-held.Seen, 0)
	labelled := max(c.Labelled(label)-held.Labelled(label), 0)
	return (float64(labelled) + weight*prior) / (float64(seen) + weight)
}
