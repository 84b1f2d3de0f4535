package lexicon

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Builder collects sentences and terms and writes the lexicon. It keeps all sentences in memory, since a surface is
// counted also where it stood before it was first annotated.
type Builder struct {
	sentences []corpora.Annotated
	entries   map[string]*counting
	words     map[string]uint32 // interned normalised words
	names     []string
	text      []sentence
	terms     int

	Unmatched int // names of terms left out: of more than MaxWords words, or of none
}

type sentence struct {
	norm []uint32 // normalised words
	gold []span   // annotated stretches of words
	raw  []string // spellings, parallel to norm, with the left-out tokens before each
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
	return &Builder{entries: map[string]*counting{}, words: map[string]uint32{}}
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

// AddSentence adds an annotated sentence. Discontinuous entities have no key and are left out.
func (b *Builder) AddSentence(a corpora.Annotated) {
	tokens := corpora.Tokenize(a.Text)
	words := Words(a.Text, tokens)
	s := sentence{norm: make([]uint32, len(words)), raw: spellings(a.Text, tokens, words)}
	for i, w := range words {
		s.norm[i] = b.intern(w.Norm)
	}
	for _, e := range a.Entities {
		if sp, ok := wordSpan(e, tokens, words); ok {
			s.gold = append(s.gold, sp)
			b.entry(joinWords(words[sp.first : sp.last+1]))
		}
	}
	b.text = append(b.text, s)
	a.Tokens = nil
	b.sentences = append(b.sentences, a)
}

// spellings gives each word with the left-out tokens before it, so that a run of them rebuilds Surface.
func spellings(text string, tokens []corpora.Token, words []Word) []string {
	raw := make([]string, len(words))
	next := 0
	for i, w := range words {
		raw[i] = Surface(text, tokens[next:w.Token+1])
		next = w.Token + 1
	}
	return raw
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

func (b *Builder) intern(word string) uint32 {
	id, ok := b.words[word]
	if !ok {
		id = uint32(len(b.names))
		word = strings.Clone(word)
		b.words[word] = id
		b.names = append(b.names, word)
	}
	return id
}

// count walks all sentences once more, now that every key is known.
func (b *Builder) count() {
	trie := newTrie(b)
	for _, s := range b.text {
		for i := range s.norm {
			trie.walk(s.norm[i:], func(length int, c *counting) { countAt(s, i, i+length-1, c) })
		}
	}
}

func countAt(s sentence, first, last int, c *counting) {
	for _, g := range s.gold {
		if g.first <= first && last <= g.last && g.last-g.first > last-first {
			return // strictly inside a longer mention: says nothing of the surface on its own
		}
	}
	v := c.variant(surfaceOf(s, first, last))
	c.seen++
	v.seen++
	for _, g := range s.gold {
		if g.first == first && g.last == last {
			c.labels[g.label]++
			v.labels[g.label]++
			c.addConcepts(g.concepts)
		}
	}
}

func (c *counting) addConcepts(ids []string) {
	if len(ids) > 0 && c.concepts == nil {
		c.concepts = map[string]int{}
	}
	for _, id := range ids {
		c.concepts[id]++
	}
}

// surfaceOf rebuilds Surface; the first word comes without what stood before it.
func surfaceOf(s sentence, first, last int) string {
	head := s.raw[first]
	if i := strings.LastIndexByte(head, ' '); i >= 0 {
		head = head[i+1:]
	}
	return strings.Join(append([]string{head}, s.raw[first+1:last+1]...), " ")
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

// trie maps interned words to keys during the count.
type trie struct {
	next []map[uint32]int
	at   []*counting
}

func newTrie(b *Builder) *trie {
	t := &trie{next: []map[uint32]int{{}}, at: []*counting{nil}}
	for key, c := range b.entries {
		t.add(b, key, c)
	}
	return t
}

func (t *trie) add(b *Builder, key string, c *counting) {
	node := 0
	for word := range strings.SplitSeq(key, " ") {
		id := b.intern(word)
		child, ok := t.next[node][id]
		if !ok {
			child = len(t.next)
			t.next = append(t.next, nil)
			t.at = append(t.at, nil)
			if t.next[node] == nil {
				t.next[node] = map[uint32]int{}
			}
			t.next[node][id] = child
		}
		node = child
	}
	t.at[node] = c
}

func (t *trie) walk(words []uint32, found func(length int, c *counting)) {
	node := 0
	for i, w := range words {
		child, ok := t.next[node][w]
		if !ok {
			return
		}
		if node = child; t.at[node] != nil {
			found(i+1, t.at[node])
		}
	}
}
