package retrieval

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
)

// Sense is one ontology term that a stretch of text may name, and what speaks for it.
type Sense struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Scope     corpora.Scope `json:"scope"`     // of the name in the text: "NAME", or that of a synonym
	Annotated int           `json:"annotated"` // mentions with the same name that carry its id or a cross-reference of it
	Context   float64       `json:"context"`   // share of the information of the words around that its names and definition have, 0 to 1
	row       int
}

// ScopeName is the scope of a sense whose own name stands in the text.
const ScopeName corpora.Scope = "NAME"

// Senses are the terms that a candidate may name, the likeliest first: by how closely the name belongs to the term (its own
// name, then exact, narrow, broad and related synonyms), then by how often the corpora annotate the name with it, then by
// the words of the sentence, then by the order of the ontologies. Terms whose label is another one's are left out.
func (r *Searcher) Senses(c lexicon.Candidate) []Sense {
	var senses []Sense
	for _, t := range c.Entry.Terms {
		if t.Label == "" || t.Label == c.Label {
			senses = append(senses, Sense{Scope: scopeOf(t), row: t.Row})
		}
	}
	var around []weighted
	if len(senses) > 1 {
		around = r.shares(wordsAround(c))
	}
	for i := range senses {
		r.describe(&senses[i], c, around)
	}
	slices.SortStableFunc(senses, compareSenses)
	return distinct(senses)
}

func scopeOf(t lexicon.TermRef) corpora.Scope {
	if t.Primary {
		return ScopeName
	}
	return t.Scope
}

// scopeOfName is the scope in which a term has a name.
func scopeOfName(t corpora.Term, name string) corpora.Scope {
	for _, s := range t.Synonyms {
		if s.Text == name {
			return s.Scope
		}
	}
	return ScopeName
}

// wordsAround are the words of a candidate's sentence beside it, of as much on each side as a sentence is long.
func wordsAround(c lexicon.Candidate) []string {
	f := c.Fragment
	before, after := c.Text[:f.Start], c.Text[f.End:]
	if cut := len(before) - mostAround; cut > 0 {
		_, before, _ = strings.Cut(before[cut:], " ")
	}
	if len(after) > mostAround {
		after = after[:max(strings.LastIndexByte(after[:mostAround], ' '), 0)]
	}
	return append(index.Analyze(before), index.Analyze(after)...)
}

// mostAround bounds the text around a name, in bytes.
const mostAround = 1000

func (r *Searcher) describe(s *Sense, c lexicon.Candidate, around []weighted) {
	t := r.index.Term(s.row)
	s.ID, s.Name = t.ID, t.Name
	for _, known := range c.Entry.Concepts {
		if sameConcept(known.ID, t.ID) || slices.ContainsFunc(t.Xrefs, func(x string) bool { return sameConcept(known.ID, x) }) {
			s.Annotated += known.Count
		}
	}
	if len(around) == 0 {
		return
	}
	has := index.Analyze(aboutTerm(t))
	for _, w := range around {
		if slices.Contains(has, w.word) {
			s.Context += w.weight
		}
	}
}

// weighted is a word with its share of the information of some words (inverse document frequency).
type weighted struct {
	word   string
	weight float64
}

// shares are the distinct words that the index knows, in order, with their shares.
func (r *Searcher) shares(words []string) []weighted {
	rows, sum := r.index.Sentences(), 0.0
	var list []weighted
	for _, word := range slices.Compact(slices.Sorted(slices.Values(words))) {
		if df := float64(rows.DocumentFrequency(word)); df > 0 {
			weight := information(df, float64(rows.Len()))
			list, sum = append(list, weighted{word, weight}), sum+weight
		}
	}
	for i := range list {
		list[i].weight /= sum
	}
	return list
}

// aboutTerm is all that the ontology says of a term in words.
func aboutTerm(t corpora.Term) string {
	parts := []string{t.Name, t.Definition}
	for _, s := range t.Synonyms {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, " ")
}

// sameConcept compares ids; corpora leave out the prefix of the vocabulary that they use most ("D003924", "MESH:D003924").
func sameConcept(a, b string) bool {
	return strings.EqualFold(bareID(a), bareID(b))
}

func bareID(id string) string {
	if prefix, rest, ok := strings.Cut(id, ":"); ok && strings.EqualFold(prefix, "MESH") {
		return rest
	}
	return id
}

func compareSenses(a, b Sense) int {
	return cmp.Or(
		cmp.Compare(scopeRank(a.Scope), scopeRank(b.Scope)),
		cmp.Compare(b.Annotated, a.Annotated),
		cmp.Compare(b.Context, a.Context),
		cmp.Compare(a.row, b.row),
	)
}

func scopeRank(s corpora.Scope) int {
	return slices.Index([]corpora.Scope{ScopeName, corpora.ScopeExact, corpora.ScopeNarrow, corpora.ScopeBroad, corpora.ScopeRelated}, s)
}

// distinct keeps the first sense of each id.
func distinct(senses []Sense) []Sense {
	seen := map[string]bool{}
	return slices.DeleteFunc(senses, func(s Sense) bool {
		again := seen[s.ID]
		seen[s.ID] = true
		return again
	})
}

// Concepts are the ids that a candidate's mentions carry: those of the annotations, the most frequent first, then
// those of the ontologies' terms, the likeliest first. A widened stretch has those of the name in it.
func (r *Searcher) Concepts(c lexicon.Candidate) []string {
	var ids []string
	for _, known := range c.Entry.Concepts {
		ids = append(ids, known.ID)
	}
	for _, id := range r.TermIDs(c) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// TermIDs are the ids of the ontology terms that a candidate may name, the likeliest first.
func (r *Searcher) TermIDs(c lexicon.Candidate) []string {
	var ids []string
	for _, s := range r.Senses(c) {
		ids = append(ids, s.ID)
	}
	return ids
}
