package index

import (
	"errors"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/records"
)

// writeTerms writes the records of terms and of their names. It returns, for each name, a row of the previous
// generation with the same text, or -1.
func (b *builder) writeTerms() ([]int, error) {
	terms := b.gatherTerms()
	termRows, err := records.Create(b.file("terms.records"))
	if err != nil {
		return nil, err
	}
	nameRows, err := records.Create(b.file(namesName + ".records"))
	if err != nil {
		return nil, errors.Join(err, termRows.Close())
	}
	known := b.previousNames()
	var previous []int
	var e records.Encoder
	for i, t := range terms {
		e.Reset()
		encodeTerm(&e, t)
		termRows.Append(e.Buf)
		for _, name := range namesOf(t) {
			e.Reset()
			encodeName(&e, i, name)
			nameRows.Append(e.Buf)
			row, ok := known[name]
			if !ok {
				row = -1
			}
			previous = append(previous, row)
		}
		if t.Label != "" {
			b.labels.counts[b.labels.number(t.Label)].Terms++
		}
	}
	b.manifest.Counts.Terms, b.manifest.Counts.Names = termRows.Len(), nameRows.Len()
	return previous, errors.Join(termRows.Close(), nameRows.Close())
}

// gatherTerms lists the terms to index: those of the previous generation, then the new ones. A term of the previous
// generation that is given again is replaced; statements of one term in this build are joined.
func (b *builder) gatherTerms() []corpora.Term {
	var terms []corpora.Term
	place := map[string]int{}
	if x := b.previous; x != nil {
		for i := range x.terms.Len() {
			t := x.Term(i)
			place[t.ID] = i
			terms = append(terms, t)
		}
	}
	before, given := len(terms), map[string]bool{}
	for _, ontology := range b.in.Ontologies {
		b.manifest.Sources = append(b.manifest.Sources, Source{
			Kind: KindOntology, Spec: ontology.Spec.String(), SHA256: ontology.SHA256, Terms: len(ontology.Terms),
		})
		for _, t := range ontology.Terms {
			at, again := place[t.ID]
			switch {
			case !again:
				place[t.ID] = len(terms)
				terms = append(terms, t)
			case given[t.ID]:
				if old := terms[at].Label; old != "" && t.Label != "" && old != t.Label {
					b.manifest.Counts.RelabelledTerms++
				}
				terms[at] = mergeTerms(terms[at], t)
			case at < before:
				b.replaced = append(b.replaced, t.ID)
				terms[at] = t
			}
			given[t.ID] = true
		}
	}
	return terms
}

func (b *builder) previousNames() map[string]int {
	known := map[string]int{}
	if b.previous != nil {
		for row := range b.previous.names.Len() {
			known[b.previous.names.Text(row)] = row
		}
	}
	return known
}
