package lexical

import (
	"sync"
	"sync/atomic"
)

const (
	commonShare  = 64       // a term that one row in so many holds is common
	commonBudget = 64 << 20 // bytes kept of all common terms together
	postingBytes = 4 + 8
)

// commonTerms keeps the decoded postings of common terms, which take most of the time of a query: walking them
// here is about ten times as fast as decoding them again. What is kept is exact, so results do not depend on it.
type commonTerms struct {
	lists sync.Map // term → *postings
	used  atomic.Int64
}

// postings are the rows that hold a term, ascending, with tf/(tf+norm) of each. A nil one takes no additions.
type postings struct {
	rows       []uint32
	saturation []float64
}

func (c *commonTerms) get(term string) (*postings, bool) {
	kept, ok := c.lists.Load(term)
	if !ok {
		return nil, false
	}
	return kept.(*postings), true
}

// begin reserves memory for a term that found of all rows hold; nil when it is rare or the budget is spent.
func (c *commonTerms) begin(found, rows int) *postings {
	size := int64(found) * postingBytes
	if found < 64 || found < rows/commonShare {
		return nil
	}
	if c.used.Add(size) > commonBudget {
		c.used.Add(-size)
		return nil
	}
	return &postings{rows: make([]uint32, 0, found), saturation: make([]float64, 0, found)}
}

func (p *postings) add(row uint32, saturation float64) {
	if p != nil {
		p.rows = append(p.rows, row)
		p.saturation = append(p.saturation, saturation)
	}
}

// put keeps a finished list; of two searches that decoded the same term the first one's stays.
func (c *commonTerms) put(term string, p *postings) {
	if p == nil {
		return
	}
	if _, there := c.lists.LoadOrStore(term, p); there {
		c.used.Add(-int64(cap(p.rows)) * postingBytes)
	}
}
