package suggest

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/index/forward"
	"github.com/ragner/ragner/index/lexicon"
	"github.com/ragner/ragner/index/ordered"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/retrieval"
)

// input is a sentence to judge.
type input struct {
	corpora.Sentence
	codePoints    [2]int
	before, after string
	defined       map[string]string
}

// candidate is a judged sentence.
type candidate struct {
	input
	order  int // among all that were looked at
	words  int
	doubts []weighed
	vector []float32
	doubt  float64 // of all spans, by length
	like   float64 // mean cosine similarity to all sentences
}

// weighed is a doubt with its weight and the key of its surface.
type weighed struct {
	Doubt
	weight float64
	key    forward.Key
}

// pool is all sentences that may be suggested, of which those with the greatest doubt are kept.
type pool struct {
	Settings
	kept
	texts                           map[uint64]bool // hashes of the texts met, true for those of the index
	sum                             []float64       // of all vectors
	seen, known, repeated, wordless int
}

func newPool(x *index.Index, s Settings) *pool {
	p := &pool{Settings: s, texts: make(map[uint64]bool, x.Sentences().Len())}
	for row := range x.Sentences().Len() {
		p.texts[hashOf(x.Sentences().Text(row))] = true
	}
	return p
}

// hashOf is a hash of a text that white space does not bear on.
func hashOf(text string) uint64 { return xxhash.Sum64String(strings.Join(strings.Fields(text), " ")) }

// block is how many sentences are judged by one call: enough to make little of the cost of handing over.
const block = 32

// fill judges all sentences of documents, block by block, and keeps what may be suggested, in their order.
func (p *pool) fill(ctx context.Context, docs iter.Seq2[corpora.Document, error], judge func(context.Context, []input) ([]*candidate, error)) error {
	return ordered.Map(ctx, p.Workers, p.blocks(docs), judge, func(list []*candidate) error {
		for _, c := range list {
			p.take(c)
		}
		if p.Progress != nil {
			p.Progress(p.seen)
		}
		return nil
	})
}

// blocks are the sentences that are neither known nor repeated.
func (p *pool) blocks(docs iter.Seq2[corpora.Document, error]) iter.Seq[[]input] {
	return func(yield func([]input) bool) {
		var next []input
		for doc, err := range docs {
			if err != nil {
				continue
			}
			for _, in := range p.fresh(doc) {
				if next = append(next, in); len(next) == block {
					if !yield(next) {
						return
					}
					next = nil
				}
			}
		}
		if len(next) > 0 {
			yield(next)
		}
	}
}

// fresh are a document's sentences that are neither known nor repeated.
func (p *pool) fresh(doc corpora.Document) (list []input) {
	var mapper *corpora.Mapper
	var defined map[string]string
	sentences := corpora.Segment(doc)
	for i, s := range sentences {
		hash := hashOf(s.Text)
		known, met := p.texts[hash]
		switch {
		case met && known:
			p.known++
			continue
		case met:
			p.repeated++
			continue
		}
		p.texts[hash] = false
		if mapper == nil {
			mapper, defined = corpora.NewMapper(doc.Text), lexicon.Abbreviations(doc.Text)
		}
		in := input{Sentence: s, defined: defined}
		in.codePoints = [2]int{mapper.CodePoints(s.Offset), mapper.CodePoints(s.Offset + len(s.Text))}
		in.Text, in.Tokens = strings.Clone(s.Text), nil // the document may be long, and few of its sentences are kept
		if i > 0 {
			in.before = strings.Clone(sentences[i-1].Text)
		}
		if i+1 < len(sentences) {
			in.after = strings.Clone(sentences[i+1].Text)
		}
		list = append(list, in)
	}
	return list
}

// judgeAll judges sentences. Their own document is not held out: what of it is annotated may be used.
func judgeAll(ctx context.Context, j judge, e embed.Embedder, list []input) ([]*candidate, error) {
	texts := make([]string, len(list))
	for i, in := range list {
		texts[i] = in.Text
	}
	vectors, err := e.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	out := make([]*candidate, len(list))
	for i, in := range list {
		s := in.Sentence
		s.DocID, s.Tokens = "", corpora.Tokenize(s.Text)
		doubts, err := j.doubts(ctx, retrieval.Query{Sentence: s, Abbreviations: in.defined})
		if err != nil {
			return nil, err
		}
		in.defined = nil
		c := &candidate{input: in, words: len(forward.Read(in.Text).Words), vector: slices.Clone(vectors[i])} // those of a block are one piece of memory
		for _, d := range doubts {
			c.doubts = append(c.doubts, weighed{Doubt: d, key: forward.KeyOf(in.Text[d.Start:d.End])})
		}
		out[i] = c
	}
	return out, nil
}

// take counts a judged sentence in and keeps it, if it is among those with the greatest doubt so far.
func (p *pool) take(c *candidate) {
	if c.words == 0 {
		p.wordless++
		return
	}
	c.order = p.seen
	p.seen++
	if p.sum == nil {
		p.sum = make([]float64, len(c.vector))
	}
	for i, v := range c.vector {
		p.sum[i] += float64(v)
	}
	for i := range c.doubts {
		d := &c.doubts[i]
		d.weight = p.weight(d.Doubt)
		c.doubt += d.weight
	}
	c.doubt /= p.byLength(c)
	if heap.Push(&p.kept, c); len(p.kept) > p.Candidates {
		heap.Pop(&p.kept)
	}
}

// weight is how much a span is in doubt. "variance" is p(1−p), that of the number of right mentions; "errors" is the chance
// that the tagger is wrong about it: the sum over a sentence's spans is half of what its expected F1 lacks to 1, times the
// mentions expected and proposed.
func (p *pool) weight(d Doubt) float64 {
	switch {
	case p.Measure == "variance":
		return d.Chance * (1 - d.Chance)
	case d.Proposed:
		return 1 - d.Chance
	}
	return d.Chance
}

func (p *pool) byLength(c *candidate) float64 { return math.Pow(float64(c.words), p.Length) }

// nothing is the error where there is nothing to choose from, which says why.
func (p *pool) nothing() error {
	if p.seen > 0 {
		return nil
	}
	if p.known+p.repeated+p.wordless == 0 {
		return fmt.Errorf("%w: the text has no sentence", ErrNothing)
	}
	return fmt.Errorf("%w: of its sentences %d stand in the index already, %d have no word", ErrNothing, p.known, p.wordless)
}

// kept is a heap of candidates, the least doubtful first; of equal ones the later.
type kept []*candidate

// Len, Less, Swap, Push and Pop are heap's.
func (k kept) Len() int { return len(k) }

// Less puts the one to be dropped first.
func (k kept) Less(i, j int) bool {
	if k[i].doubt != k[j].doubt {
		return k[i].doubt < k[j].doubt
	}
	return k[i].order > k[j].order
}

// Swap exchanges two.
func (k kept) Swap(i, j int) { k[i], k[j] = k[j], k[i] }

// Push adds one.
func (k *kept) Push(c any) { *k = append(*k, c.(*candidate)) }

// Pop takes the last.
func (k *kept) Pop() any {
	last := (*k)[len(*k)-1]
	*k = (*k)[:len(*k)-1]
	return last
}
