package conflict

// trie holds sequences of words. Node 0 is the empty one.
type trie struct {
	next  map[step]int32
	whole []bool // by node: a sequence that was added ends here
}

type step struct{ node, word int32 }

func newTrie() *trie { return &trie{next: map[step]int32{}, whole: []bool{false}} }

func (t *trie) add(words []int32) {
	node := int32(0)
	for _, w := range words {
		to, ok := t.next[step{node, w}]
		if !ok {
			to = int32(len(t.whole))
			t.next[step{node, w}] = to
			t.whole = append(t.whole, false)
		}
		node = to
	}
	t.whole[node] = true
}

// each calls f with the length and the node of each added sequence that words begin with, the shortest first.
func (t *trie) each(words []int32, f func(n int, node int32)) {
	node := int32(0)
	for i, w := range words {
		to, ok := t.next[step{node, w}]
		if !ok {
			return
		}
		if node = to; t.whole[node] {
			f(i+1, node)
		}
	}
}
