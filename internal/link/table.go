package link

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
)

// table knows the terms of an index by their ids and cross-references, and in which vocabularies its annotations speak.
type table struct {
	index     *index.Index
	own       map[string][]int32 // terms by their own id
	by        map[string][]int32 // terms by a cross-reference into one of the vocabularies
	preferred []string           // vocabularies to answer in, best first; none: a term's own
	labels    map[string]bool    // that terms have
	annotated bool               // whether some annotation has an id
}

// sampled is the most annotated sentences that are asked which vocabularies annotations use.
const sampled = 2000

func newTable(x *index.Index, preferred []string) *table {
	t := &table{index: x, own: map[string][]int32{}, by: map[string][]int32{}, labels: map[string]bool{}}
	spoken := t.spoken()
	t.annotated = len(spoken) > 0
	if t.preferred = preferred; len(preferred) == 0 {
		t.preferred = spoken
	}
	for row := range x.TermCount() {
		term := x.Term(row)
		id := Canonical(term.ID)
		t.own[id] = append(t.own[id], int32(row))
		if term.Label != "" {
			t.labels[term.Label] = true
		}
		for _, xref := range term.Xrefs {
			xref = Canonical(xref)
			t.by[xref] = append(t.by[xref], int32(row))
		}
	}
	return t
}

// spoken are the vocabularies of the annotations' ids, the most frequent first.
func (t *table) spoken() []string {
	counts := map[string]int{}
	n := min(sampled, t.index.Sentences().Len())
	for i := range n {
		for _, e := range t.index.Sentence(i * t.index.Sentences().Len() / n).Entities {
			for _, id := range conceptsOf(e) {
				counts[vocabulary(id)]++
			}
		}
	}
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// conceptsOf are an entity's ids, canonical, those that are stated as one taken apart.
func conceptsOf(e corpora.Entity) []string {
	var ids []string
	for _, c := range e.Concepts {
		for _, id := range Split(c) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// ids are those that a term answers with: of the preferred vocabularies the first in which it has some, by its own id, its
// cross-references or those of a term that is the same one in another ontology; else its own id. up reports that
// they are a parent's, as where a vocabulary has no more specific one.
func (t *table) ids(row int) (ids []string, up bool) {
	term := t.index.Term(row)
	all := t.same(term)
	if found := t.prefer(all); len(found) > 0 {
		return found, false
	}
	for _, parent := range term.Parents {
		for _, p := range t.own[Canonical(parent)] {
			if found := t.prefer(t.same(t.index.Term(int(p)))); len(found) > 0 {
				return found, true
			}
		}
	}
	return all[:1], false
}

// same are all ids of a term: its own, its cross-references, and the ids of other ontologies' terms that refer to it.
func (t *table) same(term corpora.Term) []string {
	id := Canonical(term.ID)
	all := []string{id}
	add := func(id string) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	for _, x := range term.Xrefs {
		add(Canonical(x))
	}
	for _, row := range t.by[id] {
		other := t.index.Term(int(row))
		add(Canonical(other.ID))
		for _, x := range other.Xrefs {
			add(Canonical(x))
		}
	}
	return all
}

// prefer are the ids of the first preferred vocabulary that has some.
func (t *table) prefer(all []string) []string {
	for _, name := range t.preferred {
		var found []string
		for _, id := range all {
			if vocabulary(id) == name {
				found = append(found, id)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// answer gives an annotation's id in the preferred vocabularies, where the ontologies know it there; else as it is.
func (t *table) answer(id string) []string {
	if len(t.preferred) == 0 || slices.Contains(t.preferred, vocabulary(id)) {
		return []string{id}
	}
	for _, row := range t.rows(id) {
		if found := t.prefer(t.same(t.index.Term(int(row)))); len(found) > 0 {
			return found
		}
	}
	return []string{id}
}

// rows are the terms with an id, those whose own it is first.
func (t *table) rows(id string) []int32 {
	if rows := t.own[id]; len(rows) > 0 {
		return rows
	}
	return t.by[id]
}

// name is the name of the first term with an id, "" where the ontologies have none.
func (t *table) name(id string) string {
	for _, row := range t.rows(id) {
		return t.index.Term(int(row)).Name
	}
	return ""
}

// fits reports whether mentions with a label may name a term: its label is theirs, or none, or no term has theirs.
func (t *table) fits(termLabel, label string) bool {
	return termLabel == "" || termLabel == label || !t.labels[label]
}
