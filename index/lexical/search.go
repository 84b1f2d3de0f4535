package lexical

import (
	"cmp"
	"slices"

	"github.com/ragner/ragner/index/rank"
)

// Query is what a search wants.
type Query struct {
	Tokens     []string           // as Analyze gives them; repeated ones count each time
	K          int                // how many rows at most; none when it is not positive
	Keep       func(row int) bool // which rows may be found, nil: all. It is asked only about rows that would be among the best.
	Parameters *Parameters        // nil: Default
}

// Search returns the best rows that hold one of the tokens, by BM25 as Lucene 8 and later compute it: the sum over
// query tokens of ln(1 + (N-df+0.5)/(df+0.5)) * tf/(tf+k1*(1-b+b*length/average)); Robertson and Zaragoza, 2009,
// without the constant factor k1+1. The shares of a row are added from the rarest term to the most frequent one, ties
// in the order of the terms' bytes, whatever K and Keep are: equal bags of tokens give equal scores to the last bit.
// Equal scores are in the order of the rows. An error is that of Parameters, or wraps ErrDamaged.
func (x *Index) Search(q Query) ([]rank.Hit, error) {
	p := Default
	if q.Parameters != nil {
		p = *q.Parameters
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if len(q.Tokens) == 0 || q.K <= 0 || x.Terms() == 0 {
		return nil, nil
	}
	t, err := x.table(p)
	if err != nil {
		return nil, err
	}
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	if s.terms, err = x.terms(s.terms[:0], q.Tokens); err != nil || len(s.terms) == 0 {
		return nil, err
	}
	if x.header.codeBytes == 2 {
		return search[uint16](x, s, t.saturation, q)
	}
	return search[uint32](x, s, t.saturation, q)
}

// queryTerm is a distinct token of a query that the index knows.
type queryTerm struct{ number, found, times int }

// terms are the distinct known tokens in the order of Search.
func (x *Index) terms(terms []queryTerm, tokens []string) ([]queryTerm, error) {
	times := make(map[string]int, min(len(tokens), 1024))
	for _, token := range tokens {
		times[token]++
	}
	for token, n := range times {
		number, ok, err := x.lookup(token)
		if err != nil {
			return terms, err
		}
		if !ok {
			continue
		}
		e, err := x.entry(number)
		if err != nil {
			return terms, err
		}
		terms = append(terms, queryTerm{number, e.found, n})
	}
	slices.SortFunc(terms, func(a, b queryTerm) int {
		return cmp.Or(cmp.Compare(a.found, b.found), cmp.Compare(a.number, b.number))
	})
	return terms, nil
}
