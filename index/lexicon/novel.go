package lexicon

import "github.com/ragner/ragner/corpora"

// What the index cannot know of, a model may still find. How much that is, is counted over the indexed sentences, each
// matched with its own annotations held out: which share of the mentions with a label is novel, that is, no known
// surface covers just them. It is a Rate of the source "novel".
const novelSource = "novel"

// countNovel counts in a sentence of which the lexicon would have known some candidates.
func countNovel(a corpora.Annotated, unseen []Candidate, into map[string]Rate) {
	known := map[corpora.Fragment]string{}
	for _, c := range unseen {
		known[c.Fragment] = c.Label
	}
	for _, e := range a.Entities {
		r := into[e.Label]
		r.Trials++
		if len(e.Fragments) != 1 || known[e.Fragments[0]] != e.Label {
			r.Hits++
		}
		into[e.Label] = r
	}
}

// Novel is the share of the mentions with a label that the lexicon would not know in unseen text, 0 to 1.
func (l *Lexicon) Novel(label string) float64 {
	r := l.rates[Kind{Source: novelSource, Label: label}]
	return r.share(0.5)
}
