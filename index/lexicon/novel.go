package lexicon

import (
	"runtime"
	"sync"

	"github.com/ragner/ragner/corpora"
)

// What the index cannot know of, a model may still find. Two counts over the indexed sentences, each matched with its
// own annotations held out, say how likely that is: which share of the mentions with a label are novel, that is, no
// known surface covers just them (a Rate of the source "novel"); and how often a word that ends mentions with a label
// does so (Beside with the side Head).

// Head is the side of the words that mentions end with.
const Head Side = 2

const novelSource = "novel"

// learnNovelty counts both, over all sentences.
func learnNovelty(l *Lexicon, sentences []corpora.Annotated, rates Rates, borders Borders) {
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
	learnHeads(sentences, borders)
}

func (l *Lexicon) countNovel(a corpora.Annotated, into map[string]Rate) {
	if len(a.Entities) == 0 {
		return
	}
	known := map[corpora.Fragment]string{}
	for _, c := range Longest(l.Candidates(a.Sentence, a.Entities, true), learnPrior) {
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

// learnHeads counts, for every word that some mention ends with, the mentions that do and its other occurrences.
func learnHeads(sentences []corpora.Annotated, borders Borders) {
	labels := map[string][]string{} // of each word that is a head
	for _, a := range sentences {
		for _, h := range heads(a) {
			if borders[h].Inside == 0 {
				labels[h.Word] = append(labels[h.Word], h.Label)
			}
			borders.add(h, Tally{Inside: 1})
		}
	}
	for _, a := range sentences {
		for _, w := range Words(a.Text, corpora.Tokenize(a.Text)) {
			for _, label := range labels[w.Norm] {
				borders.add(Beside{Head, w.Norm, label}, Tally{Outside: 1})
			}
		}
	}
}

func heads(a corpora.Annotated) []Beside {
	var all []Beside
	for _, e := range a.Entities {
		text := e.Surface(a.Text)
		if words := Words(text, corpora.Tokenize(text)); len(words) > 0 {
			all = append(all, Beside{Head, words[len(words)-1].Norm, e.Label})
		}
	}
	return all
}

// Novel is the share of the mentions with a label that the lexicon would not know in unseen text, 0 to 1.
func (l *Lexicon) Novel(label string) float64 {
	r := l.rates[Kind{Source: novelSource, Label: label}]
	return r.share(0.5)
}

// EndsLike is how often the last word of a surface ends a mention with the label, of all its occurrences in the
// indexed sentences; 0 for a word that none ends with.
func (l *Lexicon) EndsLike(surface, label string) float64 {
	words := Words(surface, corpora.Tokenize(surface))
	if len(words) == 0 {
		return 0
	}
	t := l.borders[Beside{Head, words[len(words)-1].Norm, label}]
	return float64(t.Inside) / float64(max(t.Outside, t.Inside)+1)
}
