package retrieval

import (
	"cmp"
	"context"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
)

// Candidates lists what the lexicon and the text's own abbreviations say of a sentence, overlaps included.
// What the documents that must not be shown taught the lexicon is held out.
func (r *Searcher) Candidates(q Query) []lexicon.Candidate {
	return r.candidates(q, r.heldOut(q))
}

func (r *Searcher) candidates(q Query, held *lexicon.HeldOut) []lexicon.Candidate {
	lex := r.index.Lexicon()
	found := lex.Candidates(q.Sentence, held)
	forms := lexicon.Forms{Number: r.settings.Plurals, Spelling: r.settings.Spellings, Order: r.settings.WordOrder}
	found = lex.Variants(q.Sentence, forms, found, held)
	if r.settings.Fuzzy {
		known := func(word string) bool { return r.knownWord(word, held) }
		found = lex.Respelled(q.Sentence, known, found, held)
	}
	return lex.Expand(q.Sentence, found, q.Defined(), held)
}

// knownWord reports whether the indexed sentences have a word; one that they never use may be misspelled.
func (r *Searcher) knownWord(word string, held *lexicon.HeldOut) bool {
	return r.index.Sentences().DocumentFrequency(word) > held.Sentences(word)
}

// Spans are the stretches of a sentence that are likely mentions: the longest candidates with at least the least
// prior, at the borders that mentions have in the indexed sentences. Different spans do not overlap; one span may
// come with several labels. In text order.
func (r *Searcher) Spans(q Query) []lexicon.Candidate {
	return r.spans(q, r.heldOut(q))
}

func (r *Searcher) spans(q Query, held *lexicon.HeldOut) []lexicon.Candidate {
	return r.likely(q, r.candidates(q, held), held)
}

// likely are the stretches of a sentence's candidates that are likely mentions.
func (r *Searcher) likely(q Query, found []lexicon.Candidate, held *lexicon.HeldOut) []lexicon.Candidate {
	kept := lexicon.Longest(found, r.settings.MinPrior)
	kept = r.index.Lexicon().Widen(q.Sentence, kept, held)
	return lexicon.Longest(kept, r.settings.MinPrior)
}

// longestDefining is how many bytes a sentence may have that defines abbreviations itself. Each definition costs a pass
// over the sentence; a longer text is none, and its definitions come with the document.
const longestDefining = 8 << 10

// Defined are the abbreviations of the document and those of the sentence itself.
func (q Query) Defined() map[string]string {
	defined := map[string]string{}
	if len(q.Sentence.Text) <= longestDefining {
		defined = lexicon.Abbreviations(q.Sentence.Text)
	}
	for short, long := range q.Abbreviations {
		defined[short] = long
	}
	return defined
}

// terms are the term hits of a query: longest stretches with at least the least prior, then, for settings.Fuzzy,
// ontology names close to a stretch that has no hit.
func (r *Searcher) terms(s *search) []TermHit {
	if r.settings.Terms == 0 {
		return nil
	}
	return r.hits(s.spans(r))
}

// DemonstrationTerms are the hits that the sentence of a query's demonstration would have if neither it nor what must not
// be shown for the query stood in the index: what is shown on a demonstration is computed as for the input.
func (r *Searcher) DemonstrationTerms(q Query, d Demonstration) []TermHit {
	own := r.index.Lexicon().HoldOut(corpora.Annotated{Sentence: d.Sentence, Entities: d.Entities})
	held := r.heldOut(q).And(own)
	return r.hits(r.spans(Query{Sentence: d.Sentence}, held))
}

func (r *Searcher) hits(kept []lexicon.Candidate) []TermHit {
	hits := make([]TermHit, 0, min(len(kept), r.settings.Terms))
	for _, i := range best(kept, r.settings.Terms) {
		hits = append(hits, r.termHit(kept[i], i+1))
	}
	return hits
}

// termHit is a candidate with the ontology terms that it may name.
func (r *Searcher) termHit(c lexicon.Candidate, rank int) TermHit {
	h := TermHit{
		Term: corpora.Term{Label: c.Label}, Fragment: c.Fragment, Surface: c.Surface, Prior: c.Prior,
		From: []Contribution{{c.Source, rank, c.Prior}}, Senses: r.Senses(c),
	}
	if len(h.Senses) > 0 {
		h.Term = r.index.Term(h.Senses[0].row)
		h.Term.Label = c.Label
	}
	return h
}

// best are the places of the n candidates with the highest priors, the first among equals, in text order.
func best(kept []lexicon.Candidate, n int) []int {
	places := make([]int, len(kept))
	for i := range places {
		places[i] = i
	}
	if len(kept) <= n {
		return places
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(kept[b].Prior, kept[a].Prior) })
	slices.Sort(places[:n])
	return places[:n]
}

// NearTerms finds ontology names near what of a text has no exact hit; none when nothing but common words is left.
func (r *Searcher) NearTerms(ctx context.Context, text string, k int) (found []TermHit, err error) {
	defer r.Safely(&err)()
	rest := []byte(text)
	for _, c := range r.Spans(Query{Sentence: corpora.Sentence{Text: text}}) {
		for i := c.Fragment.Start; i < c.Fragment.End; i++ {
			rest[i] = ' '
		}
	}
	r.blankCommon(rest)
	if len(index.Analyze(string(rest))) == 0 {
		return nil, nil
	}
	return r.SearchTerms(ctx, string(rest), k)
}

const (
	commonShare    = 50  // a word that one sentence in so many has names nothing by itself
	commonFromRows = 200 // annotated sentences from which that can be told
)

// blankCommon blanks the words of a text that many of the indexed sentences have.
func (r *Searcher) blankCommon(text []byte) {
	rows := r.index.Sentences()
	if rows.Len() < commonFromRows {
		return
	}
	for _, t := range corpora.Tokenize(string(text)) {
		for _, word := range index.Analyze(string(text[t.Start:t.End])) {
			if rows.DocumentFrequency(word) > rows.Len()/commonShare {
				for i := t.Start; i < t.End; i++ {
					text[i] = ' '
				}
			}
		}
	}
}

// SearchTerms finds ontology names near a text by words, in whatever number and spelling, and by meaning. Names that are
// equal but for their forms are one hit with all their terms as senses.
func (r *Searcher) SearchTerms(ctx context.Context, text string, k int) (found []TermHit, err error) {
	defer r.Safely(&err)()
	s, err := r.newSearch(ctx, Query{Sentence: corpora.Sentence{Text: text}})
	if err != nil {
		return nil, err
	}
	s.words = lexicon.WordForms(s.words)
	names := r.index.Terms()
	channels := r.channels(names, s, nil, nearRows*k)
	for i := range channels {
		channels[i].weight = 1
	}
	var near nearHits
	for _, f := range fuse("rrf", channels) { // of short names scores say less than ranks do (docs/results.md)
		row := r.index.TermOfName(f.row)
		near.add(TermHit{Term: r.index.Term(row), Surface: names.Text(f.row), From: f.from}, row, k)
	}
	return near.hits, nil
}

// nearHits gathers names near a text, each term once, terms of one name together.
type nearHits struct {
	hits  []TermHit
	place map[string]int // by key of the name
	seen  map[int]bool   // terms
}

// add adds a hit, up to k names.
func (n *nearHits) add(h TermHit, term, k int) {
	if n.place == nil {
		n.place, n.seen = map[string]int{}, map[int]bool{}
	}
	key := lexicon.Key(h.Surface)
	at, known := n.place[key]
	if n.seen[term] || !known && len(n.hits) == k {
		return
	}
	if !known {
		at = len(n.hits)
		n.place[key] = at
		n.hits = append(n.hits, h)
	}
	n.seen[term] = true
	sense := Sense{ID: h.Term.ID, Name: h.Term.Name, Scope: scopeOfName(h.Term, h.Surface), row: term}
	n.hits[at].Senses = append(n.hits[at].Senses, sense)
}

// nearRows is how many rows of a channel there are for one name: several terms and several ontologies have it.
const nearRows = 8
