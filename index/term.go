package index

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

func encodeTerm(e *records.Encoder, t corpora.Term) {
	e.String(t.ID)
	e.String(t.Name)
	e.String(t.Label)
	e.Uint(len(t.Synonyms))
	for _, s := range t.Synonyms {
		e.String(s.Text)
		e.String(string(s.Scope))
	}
	e.String(t.Definition)
	e.Strings(t.Parents)
	e.Strings(t.Xrefs)
}

func decodeTerm(row []byte) (corpora.Term, error) {
	d := records.NewDecoder(row)
	t := corpora.Term{ID: d.String(), Name: d.String(), Label: d.String()}
	for range d.Count() {
		t.Synonyms = append(t.Synonyms, corpora.Synonym{Text: d.String(), Scope: corpora.Scope(d.String())})
	}
	t.Definition = d.String()
	t.Parents = d.Strings()
	t.Xrefs = d.Strings()
	if err := d.Close(); err != nil {
		return corpora.Term{}, err
	}
	return t, nil
}

// A row of names.records: the number of the term, and the name.

func encodeName(e *records.Encoder, term int, name string) {
	e.Uint(term)
	e.String(name)
}

func decodeName(row []byte) (term int, name string, err error) {
	d := records.NewDecoder(row)
	term, name = d.Uint(maxNumber), d.String()
	return term, name, d.Close()
}

func nameText(row []byte) (string, error) {
	_, name, err := decodeName(row)
	return name, err
}

// namesOf lists a term's name and synonyms, each once.
func namesOf(t corpora.Term) []string {
	var names []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	add(t.Name)
	for _, s := range t.Synonyms {
		add(s.Text)
	}
	return names
}
