package link

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
)

// table knows the terms of an index by their ids and cross-references, and in which vocabularies its annotations speak.
type table struct {
	index  *index.Index
	own    map[string][]int32  // terms by their own id
	by     map[string][]int32  // terms by a cross-reference into one of the vocabularies
	labels map[string]bool     // that terms have
	asked  []string            // vocabularies that the user wants answers in, best first; none: those of spoken
	spoken map[string][]string // by label: vocabularies of its annotations' ids, the most frequent first
}

// sampled is the most annotated sentences that are asked which vocabularies annotations use.
const sampled = 2000

func newTable(x *index.Index, asked []string) *table {
	t := &table{index: x, own: map[string][]int32{}, by: map[string][]int32{}, labels: map[string]bool{}}
	t.spoken = t.heard()
	for _, name := range asked {
		t.asked = append(t.asked, corpora.Vocabulary(corpora.CanonicalID(name+":")))
	}
	for row := range x.TermCount() {
		term := x.Term(row)
		id := corpora.CanonicalID(term.ID)
		t.own[id] = append(t.own[id], int32(row))
		if term.Label != "" {
			t.labels[term.Label] = true
		}
		for _, xref := range term.Xrefs {
			xref = corpora.CanonicalID(xref)
			t.by[xref] = append(t.by[xref], int32(row))
		}
	}
	return t
}

// check finds vocabularies that were asked for and that no id is of.
func (t *table) check() error {
	if len(t.asked) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, names := range t.spoken {
		for _, name := range names {
			known[name] = true
		}
	}
	for _, ids := range []map[string][]int32{t.own, t.by} {
		for id := range ids {
			known[corpora.Vocabulary(id)] = true
		}
	}
	for _, name := range t.asked {
		if !known[name] {
			delete(known, "")
			return fmt.Errorf("no id of the index is of the vocabulary %s (it has %s)", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// heard are the vocabularies of the annotations' ids by label, the most frequent first; ids without one count as one, "".
func (t *table) heard() map[string][]string {
	counts := map[string]map[string]int{}
	n := min(sampled, t.index.Sentences().Len())
	for i := range n {
		for _, e := range t.index.Sentence(i * t.index.Sentences().Len() / n).Entities {
			for _, id := range corpora.CanonicalIDs(e.Concepts) {
				if counts[e.Label] == nil {
					counts[e.Label] = map[string]int{}
				}
				counts[e.Label][corpora.Vocabulary(id)]++
			}
		}
	}
	spoken := map[string][]string{}
	for label, of := range counts {
		spoken[label] = slices.SortedFunc(maps.Keys(of), func(a, b string) int {
			return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
		})
	}
	return spoken
}

// preferred are the vocabularies to answer in for a label's mentions, best first; none: a term's own.
func (t *table) preferred(label string) []string {
	if len(t.asked) > 0 {
		return t.asked
	}
	return t.spoken[label]
}

// ids are those that a term answers with: of the preferred vocabularies the first in which it has some, by its own id, its
// cross-references or those of a term that is the same one in another ontology; else its own id. up reports that
// they are a parent's, as where a vocabulary has no more specific one.
func (t *table) ids(row int, label string) (ids []string, up bool) {
	term := t.index.Term(row)
	all := t.same(term)
	if found := t.prefer(all, label); len(found) > 0 {
		return found, false
	}
	for _, parent := range term.Parents {
		for _, p := range t.own[corpora.CanonicalID(parent)] {
			if found := t.prefer(t.same(t.index.Term(int(p))), label); len(found) > 0 {
				return found, true
			}
		}
	}
	return all[:1], false
}

// same are all ids of a term: its own, its cross-references, and the ids of other ontologies' terms that refer to it.
func (t *table) same(term corpora.Term) []string {
	id := corpora.CanonicalID(term.ID)
	all := []string{id}
	add := func(id string) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	for _, x := range term.Xrefs {
		add(corpora.CanonicalID(x))
	}
	for _, row := range t.by[id] {
		other := t.index.Term(int(row))
		add(corpora.CanonicalID(other.ID))
		for _, x := range other.Xrefs {
			add(corpora.CanonicalID(x))
		}
	}
	return all
}

// prefer are the ids of the first preferred vocabulary that has some.
func (t *table) prefer(all []string, label string) []string {
	for _, name := range t.preferred(label) {
		var found []string
		for _, id := range all {
			if corpora.Vocabulary(id) == name {
				found = append(found, id)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// foreign reports an id that is of no preferred vocabulary, where there are some.
func (t *table) foreign(id, label string) bool {
	preferred := t.preferred(label)
	return len(preferred) > 0 && !slices.Contains(preferred, corpora.Vocabulary(id))
}

// answer gives an annotation's id in the preferred vocabularies, where the ontologies know it there; else as it is.
func (t *table) answer(id, label string) []string {
	if !t.foreign(id, label) {
		return []string{id}
	}
	for _, row := range t.rows(id) {
		if found := t.prefer(t.same(t.index.Term(int(row))), label); len(found) > 0 {
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
