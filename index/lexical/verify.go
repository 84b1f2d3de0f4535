package lexical

import (
	"bytes"
	"context"
	"fmt"
)

// Verify compares the postings with the segment that they were made from, whose checksum the caller must have
// compared: the number of terms, and of each step-th term (1: all) its place and its list. With all of them it also
// compares the rows' lengths. Its errors wrap ErrDamaged.
func (x *Index) Verify(ctx context.Context, segment string, step int) (err error) {
	s, err := openStore(segment, x.Len())
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := s.close(); err == nil {
			err = closeErr
		}
	}()
	if len(s.terms) != x.Terms() {
		return fmt.Errorf("%w: the postings have other terms than the segment", ErrDamaged)
	}
	if x.Terms() == 0 {
		return nil
	}
	if err := x.check(x.at.pairs, x.at.end); err != nil {
		return err
	}
	v := verifier{index: x, store: s, step: max(step, 1), tokens: make([]uint32, x.Len())}
	if x.header.codeBytes == 2 {
		return verify[uint16](ctx, &v)
	}
	return verify[uint32](ctx, &v)
}

type verifier struct {
	index  *Index
	store  *store
	step   int
	tokens []uint32 // by row: seen so far
}

func verify[C code](ctx context.Context, v *verifier) error {
	x := v.index
	lengths := view[uint32](x.file.Bytes[x.at.lengths:x.at.slots])
	pairs, codes := x.pairs(), map[pair]int{}
	for i, p := range pairs {
		codes[p] = i
	}
	reader, list := listReader{}, storedList{}
	for list.number = 0; list.number < x.Terms(); list.number += v.step {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := reader.read(v.store, &list); err != nil {
			return err
		}
		own := make([]C, len(list.rows))
		for i, row := range list.rows {
			c, ok := codes[pair{list.frequencies[i], lengths[row]}]
			if !ok {
				return fmt.Errorf("%w: a length that the postings do not know", ErrDamaged)
			}
			own[i] = C(c)
			v.tokens[row] += list.frequencies[i]
		}
		want := encodeList(nil, x.Len(), list.rows, own, appendFrontier(nil, own, pairs))
		if err := v.compare(list, want); err != nil {
			return err
		}
	}
	if v.step == 1 && !bytes.Equal(appendNumbers(nil, v.tokens), x.file.Bytes[x.at.lengths:x.at.slots]) {
		return fmt.Errorf("%w: a row's length differs from the segment's", ErrDamaged)
	}
	return nil
}

// compare looks the term up and compares its list with the one wanted.
func (v *verifier) compare(list storedList, want []byte) error {
	number, ok, err := v.index.lookup(v.store.terms[list.number])
	if err != nil {
		return err
	}
	e, err := v.index.entry(list.number)
	if err != nil {
		return err
	}
	got, err := v.index.stretch(e.list, e.listEnd)
	if err != nil {
		return err
	}
	if !ok || number != list.number || e.found != len(list.rows) || !bytes.Equal(got, want) {
		return fmt.Errorf("%w: a term's postings differ from the segment's", ErrDamaged)
	}
	return nil
}

// pairs are the distinct pairs, by code.
func (x *Index) pairs() []pair {
	numbers := view[uint32](x.file.Bytes[x.at.pairs:x.at.lengths])
	pairs := make([]pair, len(numbers)/2)
	for i := range pairs {
		pairs[i] = pair{numbers[2*i], numbers[2*i+1]}
	}
	return pairs
}
