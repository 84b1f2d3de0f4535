package conflict

import (
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/lexicon"
)

// corpus is all annotated sentences of an index.
type corpus struct {
	documents int
	mentions  int
	sentences []sentence
	labels    []map[string]bool // by source: the labels that it has
	words     map[string]int32  // numbers of normal forms
}

// sentence is one with its words, as the lexicon has them, and its mentions in words.
type sentence struct {
	corpora.Annotated
	source   int
	document int               // its number
	short    map[string]string // short forms that the document defines, with their long forms
	tokens   []corpora.Token   // by word
	words    []int32           // by word: the number of its normal form
	mentions []mention
}

// mention is an entity from its first to its last word. One that is not whole is discontinuous or begins or ends within a
// word: it covers words, and is compared with nothing.
type mention struct {
	first, last int
	label       string
	whole       bool
}

func read(x *index.Index) *corpus {
	c := &corpus{words: map[string]int32{}}
	for d := range x.Documents() {
		source := x.SourceOf(c.documents)
		short := lexicon.Abbreviations(d.Text)
		for len(c.labels) <= source {
			c.labels = append(c.labels, map[string]bool{})
		}
		sentences, _ := corpora.Annotate(d)
		for _, a := range sentences {
			c.add(sentence{Annotated: a, source: source, document: c.documents, short: short})
		}
		c.documents++
	}
	return c
}

func (c *corpus) add(s sentence) {
	tokens := corpora.Tokenize(s.Text)
	for _, w := range lexicon.Words(s.Text, tokens) {
		s.tokens = append(s.tokens, tokens[w.Token])
		s.words = append(s.words, c.number(w.Norm))
	}
	for _, e := range s.Entities {
		c.mentions++
		c.labels[s.source][e.Label] = true
		if m, ok := s.mention(e); ok {
			s.mentions = append(s.mentions, m)
		}
	}
	c.sentences = append(c.sentences, s)
}

func (c *corpus) number(norm string) int32 {
	n, ok := c.words[norm]
	if !ok {
		n = int32(len(c.words))
		c.words[norm] = n
	}
	return n
}

// mention finds an entity's words; ok is false where it has none.
func (s *sentence) mention(e corpora.Entity) (m mention, ok bool) {
	m = mention{first: len(s.tokens), last: -1, label: e.Label, whole: len(e.Fragments) == 1}
	for i, t := range s.tokens {
		if t.End > e.Start() && t.Start < e.End() {
			m.first, m.last = min(m.first, i), i
			m.whole = m.whole && t.Start >= e.Start() && t.End <= e.End()
		}
	}
	return m, m.last >= 0
}

// extent is the bytes from the first to the last word.
func (s *sentence) extent(first, last int) corpora.Fragment {
	return corpora.Fragment{Start: s.tokens[first].Start, End: s.tokens[last].End}
}
