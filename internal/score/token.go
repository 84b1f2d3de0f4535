package score

import (
	"maps"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// tokenCounts compare labels token by token; the empty label is that of tokens outside.
type tokenCounts struct {
	total, equal int
	labels       map[string]Counts
}

func newTokenCounts() tokenCounts { return tokenCounts{labels: map[string]Counts{}} }

// add compares the projections of gold and pred on tokens.
func (t *tokenCounts) add(tokens []corpora.Token, gold, pred []mention) {
	want, got := project(tokens, gold), project(tokens, pred)
	t.total += len(tokens)
	for i := range tokens {
		if want[i] == got[i] {
			t.equal++
			t.bump(want[i], Counts{TP: 1})
			continue
		}
		t.bump(want[i], Counts{FN: 1})
		t.bump(got[i], Counts{FP: 1})
	}
}

func (t *tokenCounts) bump(label string, by Counts) {
	if label == "" {
		return
	}
	c := t.labels[label]
	c.Add(by)
	t.labels[label] = c
}

// figures: an empty collection has accuracy 0.
func (t *tokenCounts) figures() TokenScore {
	var sum float64
	for _, label := range slices.Sorted(maps.Keys(t.labels)) {
		sum += t.labels[label].f1()
	}
	return TokenScore{
		Accuracy: ratio(float64(t.equal), float64(t.total)),
		MacroF1:  ratio(sum, float64(len(t.labels))),
	}
}

// tokens are those that doc states, else those of the rules; offsets are of the document.
func tokens(doc corpora.Document) []corpora.Token {
	if len(doc.Sentences) == 0 {
		return corpora.Tokenize(doc.Text)
	}
	var out []corpora.Token
	for _, s := range corpora.Segment(doc) {
		for _, t := range s.Tokens {
			out = append(out, corpora.Token{Start: t.Start + s.Offset, End: t.End + s.Offset})
		}
	}
	return out
}

// project gives each token the label of the mention that corpora.Flatten keeps on it, "" outside.
func project(tokens []corpora.Token, ms []mention) []string {
	labels := make([]string, len(tokens))
	whole := corpora.Annotated{Sentence: corpora.Sentence{Tokens: tokens}}
	for _, m := range ms {
		whole.Entities = append(whole.Entities, corpora.Entity{Label: m.label, Fragments: m.fragments})
	}
	spans, _ := corpora.Flatten(whole)
	for _, span := range spans {
		for i := span.Start; i < span.End; i++ {
			labels[i] = span.Label
		}
	}
	return labels
}
