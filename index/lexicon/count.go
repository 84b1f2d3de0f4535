package lexicon

import (
	"context"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// know makes every annotated surface of the sentences a key. Discontinuous mentions have no key and are left out.
func (b *Builder) know(ctx context.Context, w *walker) error {
	return walk(ctx, w, func(a corpora.Annotated, keys *[]string) {
		if len(a.Entities) == 0 {
			return
		}
		tokens := corpora.Tokenize(a.Text)
		words := Words(a.Text, tokens)
		for _, s := range spansOf(a.Entities, tokens, words) {
			*keys = append(*keys, joinWords(words[s.first:s.last+1]))
		}
	}, func(keys []string) {
		for _, key := range keys {
			b.entry(key)
		}
	})
}

// occurrence is a key in a sentence.
type occurrence struct {
	of      *counting
	surface string
	gold    []span // annotated with just this stretch
}

// count counts every key wherever it stands.
func (b *Builder) count(ctx context.Context, w *walker) error {
	t := newTrie(b.entries)
	return walk(ctx, w, t.find, func(found []occurrence) {
		for _, o := range found {
			o.of.count(o)
		}
	})
}

// find adds the keys of a sentence, but for those strictly inside a longer mention: they say nothing of the surface on its own.
func (t *trie) find(a corpora.Annotated, found *[]occurrence) {
	tokens := corpora.Tokenize(a.Text)
	words := Words(a.Text, tokens)
	gold := spansOf(a.Entities, tokens, words)
	for first := range words {
		t.walk(words[first:], func(n int, c *counting) {
			last := first + n - 1
			if same, inside := annotatedAt(gold, first, last); !inside {
				surface := Surface(a.Text, tokens[words[first].Token:words[last].Token+1])
				*found = append(*found, occurrence{c, surface, same})
			}
		})
	}
}

// annotatedAt are the annotated stretches that are just this one, and whether it lies inside a longer one.
func annotatedAt(gold []span, first, last int) (same []span, inside bool) {
	for _, g := range gold {
		switch {
		case g.first == first && g.last == last:
			same = append(same, g)
		case g.first <= first && last <= g.last:
			return nil, true
		}
	}
	return same, false
}

func (c *counting) count(o occurrence) {
	v := c.variant(o.surface)
	c.seen++
	v.seen++
	for _, g := range o.gold {
		c.labels[g.label]++
		v.labels[g.label]++
		c.addConcepts(g.concepts)
	}
}

// trie finds keys in words.
type trie struct {
	words map[string]uint32 // that keys have, numbered
	next  []map[uint32]int
	at    []*counting
}

func newTrie(entries map[string]*counting) *trie {
	t := &trie{words: map[string]uint32{}, next: []map[uint32]int{{}}, at: []*counting{nil}}
	for key, c := range entries {
		t.add(key, c)
	}
	return t
}

func (t *trie) add(key string, c *counting) {
	node := 0
	for word := range strings.SplitSeq(key, " ") {
		id, known := t.words[word]
		if !known {
			id = uint32(len(t.words))
			t.words[word] = id
		}
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

// walk finds the keys that words begin with, and tells of how many words each is.
func (t *trie) walk(words []Word, found func(n int, c *counting)) {
	node := 0
	for i, w := range words {
		id, known := t.words[w.Norm]
		child, ok := t.next[node][id]
		if !known || !ok {
			return
		}
		if node = child; t.at[node] != nil {
			found(i+1, t.at[node])
		}
	}
}
