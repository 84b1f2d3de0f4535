package lexicon

import (
	"runtime"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// What the index cannot know of, a model may still find. How much that is, is counted over the indexed sentences, each
// matched with its own annotations held out: which share of the mentions with a label is novel, that is, no known
// surface covers just them. It is a Rate of the source "novel".
const novelSource = "novel"

// learnNovelty counts over all sentences.
func learnNovelty(l *Lexicon, sentences []corpora.Annotated, rates Rates) {
	novel := make([]map[string]Rate, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range novel {
		wait.Go(func() {
			novel[w] = map[string]Rate{}
			for i := w; i < len(sentences); i += len(novel) {
				l.countNovel(sentences[i], novel[w])
			}
		})
	}
	wait.Wait()
	for _, part := range novel {
		for label, r := range part {
			k := Kind{Source: novelSource, Label: label}
			rates[k] = Rate{rates[k].Hits + r.Hits, rates[k].Trials + r.Trials}
		}
	}
}

func (l *Lexicon) countNovel(a corpora.Annotated, into map[string]Rate) {
	if len(a.Entities) == 0 {
		return
	}
	known := map[corpora.Fragment]string{}
	for _, c := range Longest(l.Candidates(a.Sentence, l.holdCounts(a)), learnPrior) {
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
