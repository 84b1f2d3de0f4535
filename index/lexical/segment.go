package lexical

import (
	"fmt"
	"iter"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
)

// store is bleve's segment, which keeps the words of record; it is read when postings are written or compared, never
// for a query. The library trusts its file: its panics become errors, but its checksum must have been compared.
type store struct {
	segment segment.Segment // nil when there are no rows
	terms   []string        // in the order of their bytes
}

func openStore(path string, rows int) (s *store, err error) {
	defer recoverDamage(&err)
	s = &store{}
	if rows == 0 {
		return s, nil
	}
	if s.segment, err = new(zap.ZapPlugin).Open(path); err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", path, ErrDamaged, err)
	}
	if s.segment.Count() != uint64(rows) {
		_ = s.segment.Close()
		return nil, fmt.Errorf("read %s: %w: other rows than expected", path, ErrDamaged)
	}
	if err := s.readTerms(); err != nil {
		_ = s.segment.Close()
		return nil, fmt.Errorf("read %s: %w: %w", path, ErrDamaged, err)
	}
	return s, nil
}

func (s *store) readTerms() (err error) {
	defer recoverDamage(&err)
	dictionary, err := s.segment.Dictionary(field)
	if err != nil {
		return err
	}
	terms := dictionary.AutomatonIterator(nil, nil, nil)
	for {
		entry, err := terms.Next()
		if err != nil || entry == nil {
			return err
		}
		s.terms = append(s.terms, entry.Term)
	}
}

// storedList is a term's list as the segment has it.
type storedList struct {
	number      int
	rows        []uint32
	frequencies []uint32
}

// lists yields the lists of the terms from first to end. A list is valid until the next one.
func (s *store) lists(first, end int) iter.Seq2[storedList, error] {
	return func(yield func(storedList, error) bool) {
		var r listReader
		list := storedList{}
		for list.number = first; list.number < end; list.number++ {
			err := r.read(s, &list)
			if !yield(list, err) || err != nil {
				return
			}
		}
	}
}

// listReader holds what the library uses again from list to list.
type listReader struct {
	dictionary segment.TermDictionary
	list       segment.PostingsList
	postings   segment.PostingsIterator
}

func (r *listReader) read(s *store, to *storedList) (err error) {
	defer recoverDamage(&err)
	if r.dictionary == nil {
		if r.dictionary, err = s.segment.Dictionary(field); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if r.list, err = r.dictionary.PostingsList([]byte(s.terms[to.number]), nil, r.list); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.postings = r.list.Iterator(true, false, false, r.postings)
	to.rows, to.frequencies = to.rows[:0], to.frequencies[:0]
	for {
		posting, err := r.postings.Next()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if posting == nil {
			return nil
		}
		row, tf := posting.Number(), posting.Frequency()
		if row >= s.segment.Count() || tf == 0 || tf >= 1<<32 {
			return errPosting
		}
		to.rows, to.frequencies = append(to.rows, uint32(row)), append(to.frequencies, uint32(tf))
	}
}

func (s *store) close() error {
	if s.segment == nil {
		return nil
	}
	return s.segment.Close()
}

// recoverDamage turns a panic of the segment library, which trusts its file, into an error.
func recoverDamage(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, p)
	}
}
