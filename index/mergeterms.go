package index

import (
	"slices"

	"github.com/ragner/ragner/corpora"
)

// mergeTerms joins two statements of a term in one build, as when an ontology's names come in several files. The first
// name and definition stay, the label given last counts, as does the closest scope of a synonym.
func mergeTerms(t, more corpora.Term) corpora.Term {
	if more.Label != "" {
		t.Label = more.Label
	}
	if t.Definition == "" {
		t.Definition = more.Definition
	}
	t.Synonyms = slices.Clone(t.Synonyms)
	addSynonym(&t, corpora.Synonym{Text: more.Name, Scope: corpora.ScopeRelated})
	for _, s := range more.Synonyms {
		addSynonym(&t, s)
	}
	t.Parents, t.Xrefs = union(t.Parents, more.Parents), union(t.Xrefs, more.Xrefs)
	return t
}

func addSynonym(t *corpora.Term, s corpora.Synonym) {
	if s.Text == t.Name {
		return
	}
	at := slices.IndexFunc(t.Synonyms, func(o corpora.Synonym) bool { return o.Text == s.Text })
	switch {
	case at < 0:
		t.Synonyms = append(t.Synonyms, s)
	case closeness(s.Scope) < closeness(t.Synonyms[at].Scope):
		t.Synonyms[at].Scope = s.Scope
	}
}

// closeness is small for scopes near to the name's own meaning.
func closeness(s corpora.Scope) int {
	return slices.Index([]corpora.Scope{corpora.ScopeExact, corpora.ScopeNarrow, corpora.ScopeBroad, corpora.ScopeRelated}, s)
}

// union is a with what of b it has not, in that order.
func union(a, b []string) []string {
	a = slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
