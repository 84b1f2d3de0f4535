package ablation

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/retrieval"
)

// evidenceOf is what one gold document says of its evidence. Counts add.
type evidenceOf struct {
	covered, agreed, hit score.Ratio  // of gold mentions; agreed: of the covered ones
	vote                 score.Counts // of labelled tokens
	seconds              []float64    // by sentence
}

// weighEvidence retrieves for each sentence of a gold document and compares what came with its annotations.
func weighEvidence(ctx context.Context, e Engine, doc corpora.Document, exclude []string) (evidenceOf, error) {
	var x evidenceOf
	inputs := tag.Inputs(doc, 0, exclude...)
	gold := goldOf(doc, inputs)
	for i, in := range inputs {
		began := time.Now()
		evidence, err := e.Retrieve(ctx, in.Query())
		if err != nil {
			return x, err
		}
		x.seconds = append(x.seconds, time.Since(began).Seconds())
		x.count(in.Sentence, gold[i], evidence)
	}
	return x, nil
}

// goldOf are the gold entities by sentence, relative to it; one that crosses a border belongs to the sentence where it
// begins, cut at its end.
func goldOf(doc corpora.Document, inputs []tag.Input) [][]corpora.Entity {
	list := make([][]corpora.Entity, len(inputs))
	for _, e := range doc.Entities {
		at := sort.Search(len(inputs), func(i int) bool { return inputs[i].Sentence.Offset > e.Start() }) - 1
		if at < 0 || e.Start() < 0 {
			continue
		}
		s := inputs[at].Sentence
		if e = e.Shift(-s.Offset); e.Start() < len(s.Text) {
			list[at] = append(list[at], cut(e, len(s.Text)))
		}
	}
	return list
}

// cut leaves out what of an entity lies behind the end of its sentence.
func cut(e corpora.Entity, end int) corpora.Entity {
	var kept []corpora.Fragment
	for _, f := range e.Fragments {
		if f.Start < end {
			kept = append(kept, corpora.Fragment{Start: f.Start, End: min(f.End, end)})
		}
	}
	e.Fragments = kept
	return e
}

func (x *evidenceOf) count(s corpora.Sentence, gold []corpora.Entity, evidence retrieval.Evidence) {
	known := surfaces(evidence.Demonstrations)
	for _, g := range gold {
		labels := known[normal(g.Surface(s.Text))]
		x.covered.Of++
		x.hit.Of++
		if len(labels) > 0 {
			x.covered.Hit++
			x.agreed.Of++
			if commonest(labels) == g.Label {
				x.agreed.Hit++
			}
		}
		if slices.ContainsFunc(evidence.Terms, func(h retrieval.TermHit) bool {
			return len(g.Fragments) == 1 && h.Fragment == g.Fragments[0]
		}) {
			x.hit.Hit++
		}
	}
	x.vote.Add(vote(s, gold, evidence.Demonstrations))
}

// surfaces counts the labels of the mentions annotated in the demonstrations, by their normalised words.
func surfaces(demonstrations []retrieval.Demonstration) map[string]map[string]int {
	known := map[string]map[string]int{}
	for _, d := range demonstrations {
		for _, e := range d.Entities {
			key := normal(e.Surface(d.Sentence.Text))
			if known[key] == nil {
				known[key] = map[string]int{}
			}
			known[key][e.Label]++
		}
	}
	return known
}

// normal is a surface as the lexicon compares it.
func normal(surface string) string {
	key := ""
	for _, w := range lexicon.Words(surface, corpora.Tokenize(surface)) {
		key += w.Norm + " "
	}
	return key
}

// commonest is the most frequent label, the first in order among equals.
func commonest(labels map[string]int) string {
	best := ""
	for label, n := range labels {
		if m := labels[best]; best == "" || n > m || n == m && label < best {
			best = label
		}
	}
	return best
}

// vote labels each token as most of the equal tokens of the demonstrations are labelled, outside included, and counts
// the labelled tokens that are right.
func vote(s corpora.Sentence, gold []corpora.Entity, demonstrations []retrieval.Demonstration) score.Counts {
	ballots := map[string]map[string]int{}
	for _, d := range demonstrations {
		for token, label := range tokenLabels(d.Sentence.Text, d.Entities) {
			if ballots[token.word] == nil {
				ballots[token.word] = map[string]int{}
			}
			ballots[token.word][label]++
		}
	}
	var c score.Counts
	for token, want := range tokenLabels(s.Text, gold) {
		got := outside
		if labels := ballots[token.word]; len(labels) > 0 {
			got = commonest(labels)
		}
		c.Add(tokenCounts(want, got))
	}
	return c
}

func tokenCounts(want, got string) (c score.Counts) {
	switch {
	case want == got && want != outside:
		c.TP = 1
	case want != got:
		if want != outside {
			c.FN = 1
		}
		if got != outside {
			c.FP = 1
		}
	}
	return c
}

// placed is a word at its place.
type placed struct {
	at   int
	word string
}

// outside is the label of tokens outside every mention; it stands before every label, so that ties go to it.
const outside = "\x00"

// tokenLabels are the words of a text with the label of the longest mention that each is in.
func tokenLabels(text string, entities []corpora.Entity) map[placed]string {
	tokens := corpora.Tokenize(text)
	labels := make(map[placed]string, len(tokens))
	for _, w := range lexicon.Words(text, tokens) {
		t := tokens[w.Token]
		labels[placed{t.Start, w.Norm}] = labelAt(entities, t)
	}
	return labels
}

func labelAt(entities []corpora.Entity, t corpora.Token) string {
	label, longest := outside, 0
	for _, e := range entities {
		for _, f := range e.Fragments {
			if n := e.End() - e.Start(); f.Start < t.End && t.Start < f.End && n > longest {
				label, longest = e.Label, n
			}
		}
	}
	return label
}
