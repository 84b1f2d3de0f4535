// Package lexicon finds, in one pass over a sentence, every stretch of tokens that stands annotated in the indexed
// corpora or is named in an ontology, and estimates from their counts how likely each is a mention: priors, borders,
// abbreviations, spelling. It does not retrieve sentences and does not decide what is tagged.
//
// A key is the normalised token sequence of a surface (Normalize). The file holds a hash table from key prefixes to
// entries, which are decoded when they match: opening costs little and a match a few table look-ups a token.
package lexicon

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/corpora"
)

// LabelCount is how often something is annotated with a label.
type LabelCount struct {
	Label string
	Count int
}

// ConceptCount is how often a mention with this key carries a concept id in the annotations.
type ConceptCount struct {
	ID    string
	Count int
}

// Variant counts one spelling of a key: its tokens as written, case kept, joined by one space.
type Variant struct {
	Surface string
	Named   bool // an ontology writes it so
	Counts
}

// Counts are occurrences: Seen are those not strictly inside a longer annotated mention, Labels those annotated
// from the first to the last token.
type Counts struct {
	Seen   int
	Labels []LabelCount // most frequent first, then by label
}

// TermRef is one ontology name with this key. Row counts terms in the order they were added.
type TermRef struct {
	Row     int
	Scope   corpora.Scope // ScopeExact for the term's own name
	Primary bool          // the term's own name
	Label   string        // the term's label
}

// Entry is all that is known of a key.
type Entry struct {
	Key string // normalised tokens joined by one space
	Counts
	Variants []Variant // sorted by surface
	Concepts []ConceptCount
	Terms    []TermRef
}

// Labelled is how often the key is annotated with label.
func (c Counts) Labelled(label string) int {
	for _, l := range c.Labels {
		if l.Label == label {
			return l.Count
		}
	}
	return 0
}

// Total is how often the key is annotated at all.
func (c Counts) Total() int {
	n := 0
	for _, l := range c.Labels {
		n += l.Count
	}
	return n
}

// Variant finds the counts of one spelling.
func (e Entry) Variant(surface string) (Counts, bool) {
	i, ok := slices.BinarySearchFunc(e.Variants, surface, func(v Variant, s string) int { return cmp.Compare(v.Surface, s) })
	if !ok {
		return Counts{}, false
	}
	return e.Variants[i].Counts, true
}

// Match is an entry found at tokens [First, Last] of a sentence, both inclusive.
type Match struct {
	First, Last int
	Entry       Entry
	Surface     string // as written, tokens joined by one space
}

// matches finds every key in a text, overlapping ones too, by first token and then length.
func (l *Lexicon) matches(p *parsed) []Match {
	runs := l.runs(nil, p)
	found := make([]Match, 0, len(runs))
	for _, r := range runs {
		if m, ok := l.match(p, r); ok {
			found = append(found, m)
		}
	}
	return found
}

func (l *Lexicon) match(p *parsed, r run) (Match, bool) {
	entry, ok := l.entry(r.entry)
	return Match{p.words[r.first].token, p.words[r.last].token, entry, p.surface(r.first, r.last)}, ok
}

// Lookup finds the entry of a surface on its own.
func (l *Lexicon) Lookup(surface string) (Entry, bool) {
	p := parse(surface)
	defer p.release()
	for _, r := range l.runsAt(nil, p, 0) {
		if r.last == len(p.words)-1 {
			return l.entry(r.entry)
		}
	}
	return Entry{}, false
}
