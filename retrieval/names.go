package retrieval

import (
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/lexicon"
)

// Names finds what of the index a query's text, a mention, is as a whole a name of; see lexicon.Whole. What the documents
// that must not be shown taught the lexicon is held out.
func (r *Searcher) Names(q Query) []lexicon.Name {
	held := r.heldOut(q)
	forms := lexicon.Forms{Number: r.settings.Plurals, Spelling: r.settings.Spellings, Order: r.settings.WordOrder}
	var known func(word string) bool
	if r.settings.Fuzzy {
		known = func(word string) bool { return r.knownWord(word, held) }
	}
	return r.index.Lexicon().Whole(q.Sentence.Text, forms, known, held)
}

// Inside finds the names in a query's text, a mention, overlaps included, as they stand.
func (r *Searcher) Inside(q Query) []lexicon.Candidate {
	return r.index.Lexicon().Candidates(q.Sentence, r.heldOut(q))
}

// SentencesAbout finds the k annotated sentences that BM25 puts first for the words of a query's text, in all their forms,
// among those that may be shown for the query.
func (r *Searcher) SentencesAbout(q Query, k int) []corpora.Annotated {
	s := &search{Query: q}
	words := lexicon.WordForms(index.Analyze(q.Sentence.Text))
	rows := r.index.Sentences().Lexical(lexical.Query{Tokens: words, K: k, Keep: without(s, r.index.SentencesOf)})
	list := make([]corpora.Annotated, len(rows))
	for i, hit := range rows {
		list[i] = r.index.Sentence(hit.Row).Annotated
	}
	return list
}

// TermsNear finds the rows of the k ontology names that BM25 puts first for the words of a text, in all their forms.
func (r *Searcher) TermsNear(text string, k int) []int {
	hits := r.index.Terms().Lexical(lexical.Query{Tokens: lexicon.WordForms(index.Analyze(text)), K: k})
	rows := make([]int, len(hits))
	for i, h := range hits {
		rows[i] = h.Row
	}
	return slices.Clip(rows)
}
