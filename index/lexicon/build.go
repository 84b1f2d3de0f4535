package lexicon

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Builder collects the names of terms and writes the lexicon of them and of annotated sentences. It holds surfaces, never
// sentences, which are walked several times: a surface is counted also where it stood before it was first annotated.
type Builder struct {
	entries map[string]*counting
	terms   int

	Unmatched int // names of terms left out: of more than MaxWords words, or of none
}

type span struct {
	first, last int // words
	label       string
	concepts    []string
}

type counting struct {
	seen     int
	named    bool // of a variant: by an ontology
	labels   map[string]int
	concepts map[string]int
	variants map[string]*counting
	terms    []TermRef
}

func newCounting() *counting { return &counting{labels: map[string]int{}} }

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	return &Builder{entries: map[string]*counting{}}
}

// AddTerm adds a term's name and synonyms. Rows count from 0 in the order of the calls.
func (b *Builder) AddTerm(t corpora.Term) {
	b.addName(t.Name, TermRef{Row: b.terms, Scope: corpora.ScopeExact, Primary: true, Label: t.Label})
	for _, s := range t.Synonyms {
		b.addName(s.Text, TermRef{Row: b.terms, Scope: s.Scope, Label: t.Label})
	}
	b.terms++
}

func (b *Builder) addName(name string, ref TermRef) {
	tokens := corpora.Tokenize(name)
	words := Words(name, tokens)
	if len(words) == 0 || len(words) > MaxWords {
		b.Unmatched++
		return
	}
	c := b.entry(joinWords(words))
	for _, old := range c.terms {
		if old.Row == ref.Row && old.Label == ref.Label {
			return
		}
	}
	c.terms = append(c.terms, ref)
	c.variant(Surface(name, tokens)).named = true
}

// MaxWords bounds a key; longer names are not matched with texts.
const MaxWords = 24

func (b *Builder) entry(key string) *counting {
	c := b.entries[key]
	if c == nil {
		c = newCounting()
		b.entries[strings.Clone(key)] = c
	}
	return c
}

func (c *counting) variant(surface string) *counting {
	if c.variants == nil {
		c.variants = map[string]*counting{}
	}
	v := c.variants[surface]
	if v == nil {
		v = newCounting()
		c.variants[strings.Clone(surface)] = v
	}
	return v
}

// spansOf are the words that entities cover from border to border, as far as they have a key.
func spansOf(entities []corpora.Entity, tokens []corpora.Token, words []Word) (spans []span) {
	for _, e := range entities {
		if s, ok := wordSpan(e, tokens, words); ok {
			spans = append(spans, s)
		}
	}
	return spans
}

// wordSpan finds the words that an entity covers from border to border.
func wordSpan(e corpora.Entity, tokens []corpora.Token, words []Word) (span, bool) {
	if len(e.Fragments) != 1 {
		return span{}, false
	}
	first, last := -1, -1
	for i, w := range words {
		t := tokens[w.Token]
		if t.End <= e.Start() || t.Start >= e.End() {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 || last-first >= MaxWords || tokens[words[first].Token].Start < e.Start() || tokens[words[last].Token].End > e.End() {
		return span{}, false
	}
	return span{first, last, e.Label, e.Concepts}, true
}

func (c *counting) addConcepts(ids []string) {
	if len(ids) > 0 && c.concepts == nil {
		c.concepts = map[string]int{}
	}
	for _, id := range ids {
		c.concepts[id]++
	}
}

func (c *counting) counts() Counts {
	labels := make([]LabelCount, 0, len(c.labels))
	for label, n := range c.labels {
		labels = append(labels, LabelCount{label, n})
	}
	slices.SortFunc(labels, func(a, b LabelCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Label, b.Label))
	})
	return Counts{c.seen, labels}
}

func (c *counting) finish(key string) Entry {
	e := Entry{Key: key, Counts: c.counts(), Terms: c.terms}
	for _, surface := range slices.Sorted(maps.Keys(c.variants)) {
		e.Variants = append(e.Variants, Variant{surface, c.variants[surface].named, c.variants[surface].counts()})
	}
	for id, n := range c.concepts {
		e.Concepts = append(e.Concepts, ConceptCount{id, n})
	}
	sortConcepts(e.Concepts)
	return e
}

// sortConcepts puts the most frequent first.
func sortConcepts(list []ConceptCount) {
	slices.SortFunc(list, func(a, b ConceptCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.ID, b.ID))
	})
}
