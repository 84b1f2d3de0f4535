package ontology

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// builder gathers statements about terms, in any order, and makes terms of them.
type builder struct {
	o         options
	report    Report
	order     []*draft
	byID      map[string]*draft
	languages map[string]bool // of names that were passed over
}

// draft is a term while it is being read.
type draft struct {
	corpora.Term
	obsolete  bool
	stated    bool     // the file describes it; without, it is only referred to
	trees     []string // MeSH tree numbers
	plainName string   // a name without a language tag, where names in languages exist
	alt       []string // former ids
}

func newBuilder(o options) *builder {
	return &builder{o: o, byID: map[string]*draft{}, languages: map[string]bool{}}
}

// begin notes the format of the file that follows.
func (b *builder) begin(format string) {
	if b.report.Format != "" && b.report.Format != format {
		format = "mixed"
	}
	b.report.Format = format
}

// describe gives the draft of a term that the file describes, "" making one by its place.
func (b *builder) describe(id string) *draft {
	d := b.refer(id)
	d.stated = true
	return d
}

func (b *builder) refer(id string) *draft {
	d, ok := b.byID[id]
	if !ok {
		d = &draft{Term: corpora.Term{ID: id}}
		b.byID[id] = d
		b.order = append(b.order, d)
	}
	return d
}

// name sets the name; a second, different one becomes a synonym.
func (d *draft) name(text string) {
	switch text = clean(text); {
	case d.Name == "":
		d.Name = text
	case text != "" && text != d.Name:
		d.synonym(text, corpora.ScopeRelated)
	}
}

func (d *draft) synonym(text string, scope corpora.Scope) {
	if text = clean(text); text != "" {
		d.Synonyms = append(d.Synonyms, corpora.Synonym{Text: text, Scope: scope})
	}
}

func (d *draft) definition(text string) {
	if d.Definition == "" {
		d.Definition = clean(text)
	}
}

func (d *draft) parent(id string) {
	if id != "" && !slices.Contains(d.Parents, id) {
		d.Parents = append(d.Parents, id)
	}
}

func (d *draft) xref(id string) {
	if id != "" && !slices.Contains(d.Xrefs, id) {
		d.Xrefs = append(d.Xrefs, id)
	}
}

// settleName makes the name without language the name, or a synonym beside one in the default language.
func (d *draft) settleName(anyLanguage bool) {
	switch {
	case d.Name == "":
		d.Name = d.plainName
	case anyLanguage && d.plainName != d.Name:
		d.synonym(d.plainName, corpora.ScopeRelated)
	}
}

// clean joins words by single blanks, whatever white space stood between them.
func clean(s string) string { return strings.Join(strings.FieldsFunc(s, corpora.IsSpace), " ") }

// finish makes the terms: parents resolved, branches chosen, synonyms without repetition, counts taken.
func (b *builder) finish() ([]corpora.Term, error) {
	b.resolveParents()
	chosen, err := b.branches()
	if err != nil {
		return nil, err
	}
	var terms []corpora.Term
	for _, d := range b.order {
		if !d.stated || !chosen(d) {
			continue
		}
		d.settleName(b.o.anyLanguage)
		switch {
		case d.obsolete:
			b.report.Obsolete++
		case d.Name == "":
			b.report.Unnamed++
		default:
			terms = append(terms, b.term(d))
		}
	}
	b.report.Terms = len(terms)
	if len(terms) == 0 {
		return nil, b.nothing()
	}
	return terms, nil
}

func (b *builder) term(d *draft) corpora.Term {
	t := d.Term
	t.Label = b.o.label
	t.Synonyms = b.distinct(d)
	b.report.Names += 1 + len(t.Synonyms)
	return t
}

// distinct keeps the wanted synonyms once each, with their closest scope, in the order they were stated.
func (b *builder) distinct(d *draft) []corpora.Synonym {
	var out []corpora.Synonym
	place := map[string]int{d.Name: -1}
	for _, s := range d.Synonyms {
		i, known := place[s.Text]
		switch {
		case known && i >= 0 && closeness(s.Scope) < closeness(out[i].Scope):
			out[i].Scope = s.Scope
		case !known:
			place[s.Text] = len(out)
			out = append(out, s)
		}
	}
	return slices.DeleteFunc(out, func(s corpora.Synonym) bool { return !b.o.scopes[s.Scope] })
}

// resolveParents replaces parents given by name or by a former id with the term's id.
func (b *builder) resolveParents() {
	known := map[string]string{}
	for _, d := range slices.Backward(b.order) { // of several of a name the first counts
		if d.stated && !d.obsolete {
			known[or(d.Name, d.plainName)] = d.ID
		}
	}
	for _, d := range b.order {
		for _, id := range d.alt {
			known[id] = d.ID
		}
	}
	for _, d := range b.order {
		for i, p := range d.Parents {
			if other, ok := b.byID[p]; ok && other.stated {
				continue
			}
			if id, ok := known[p]; ok {
				d.Parents[i] = id
			}
		}
	}
}

// nothing says why no term is left, and what to do.
func (b *builder) nothing() error {
	switch {
	case b.report.Obsolete+b.report.Unnamed+b.report.Skipped == 0:
		return errors.New("the file holds no term")
	case b.report.Unnamed == 0 && b.report.Obsolete > 0:
		return fmt.Errorf("all %d terms are obsolete", b.report.Obsolete)
	case len(b.languages) > 0:
		return fmt.Errorf("no term has a name in language %s; found are %s: pass language=…", b.o.language, strings.Join(sortedKeys(b.languages), ", "))
	}
	return fmt.Errorf("no term has a name (%d terms without): in a table, say which column holds names with name=COLUMN; "+
		"otherwise the file may hold identifiers only, and the ontology's full release is needed", b.report.Unnamed)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
