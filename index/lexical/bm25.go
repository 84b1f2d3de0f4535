package lexical

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/ragner/ragner/index/mapped"
	"github.com/ragner/ragner/index/rank"
)

// The parameters of BM25: k1 bounds the weight of repetition, b the influence of a row's length.
const (
	K1 = 1.2
	B  = 0.75
)

// ErrDamaged says that the files of an index contradict each other or cannot be decoded.
var ErrDamaged = errors.New("damaged word index")

// Index answers BM25 queries over the files of Build. It is safe for concurrent use.
type Index struct {
	segment segment.Segment // nil when there are no rows
	norms   []float64       // by row: K1*(1-B+B*length/average)
	lengths *mapped.File
	average float64
	scratch sync.Pool // of *scratch
	common  commonTerms
}

// scratch is what one query needs; scores are all zero between queries.
type scratch struct {
	dictionary segment.TermDictionary // not safe for concurrent use, hence here
	list       segment.PostingsList
	iterator   segment.PostingsIterator
	scores     []float64
	touched    []uint32
}

// Open maps the files of an index of so many rows. The caller must have compared the segment's checksum: the
// library trusts it. Errors about other contradictions wrap ErrDamaged.
func Open(files Files, rows int) (x *Index, err error) {
	defer recoverDamage(&err)
	lengths, err := mapped.Open(files.Lengths)
	if err != nil {
		return nil, err
	}
	x = &Index{lengths: lengths}
	if len(lengths.Bytes) != 4*rows {
		return nil, errors.Join(fmt.Errorf("read %s: %w: not one length a row", files.Lengths, ErrDamaged), x.Close())
	}
	x.setNorms(rows)
	x.scratch.New = func() any { return &scratch{scores: make([]float64, rows)} }
	if rows == 0 {
		return x, nil
	}
	if x.segment, err = new(zap.ZapPlugin).Open(files.Segment); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w: %w", files.Segment, ErrDamaged, err), x.Close())
	}
	if x.segment.Count() != uint64(rows) {
		return nil, errors.Join(fmt.Errorf("read %s: %w: not as many rows as lengths", files.Segment, ErrDamaged), x.Close())
	}
	return x, nil
}

func (x *Index) setNorms(rows int) {
	var total uint64
	for row := range rows {
		total += uint64(x.Length(row))
	}
	x.average = float64(total) / float64(max(rows, 1))
	x.norms = make([]float64, rows)
	for row := range x.norms {
		x.norms[row] = K1 * (1 - B + B*float64(x.Length(row))/max(x.average, math.SmallestNonzeroFloat64))
	}
}

// Length is the number of tokens of a row.
func (x *Index) Length(row int) int {
	return int(binary.LittleEndian.Uint32(x.lengths.Bytes[4*row:]))
}

// Lengths is the whole file of row lengths.
func (x *Index) Lengths() []byte { return x.lengths.Bytes }

// Search returns the best k rows that hold one of the tokens and that keep accepts (nil: all), by BM25 as
// Lucene 8 and later compute it: the sum over query tokens, repeated ones counting each time, of
// ln(1 + (N-df+0.5)/(df+0.5)) * tf/(tf+norm); Robertson and Zaragoza, 2009, without the constant factor k1+1.
// Terms are added in the order of their bytes, so that equal bags of tokens give equal scores to the last bit.
// keep is asked only about rows that would enter the result. An error wraps ErrDamaged.
func (x *Index) Search(tokens []string, k int, keep func(row int) bool) ([]rank.Hit, error) {
	if len(tokens) == 0 || k <= 0 || x.segment == nil {
		return nil, nil
	}
	s := x.scratch.Get().(*scratch)
	if err := x.score(s, tokens); err != nil {
		return nil, err // s is dropped: its scores are not zero
	}
	hits := s.best(min(k, len(s.touched)), keep)
	x.scratch.Put(s)
	return hits, nil
}

// score adds up the scores of all rows that hold one of the tokens.
func (x *Index) score(s *scratch, tokens []string) (err error) {
	defer recoverDamage(&err)
	if s.dictionary == nil {
		if s.dictionary, err = x.segment.Dictionary(field); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	for _, term := range count(tokens) {
		if err := x.addTerm(s, term); err != nil {
			return err
		}
	}
	return nil
}

type weighted struct {
	term  string
	times int
}

// count returns the distinct tokens in the order of their bytes.
func count(tokens []string) []weighted {
	times := make(map[string]int, min(len(tokens), 1024))
	for _, token := range tokens {
		times[token]++
	}
	terms := make([]weighted, 0, len(times))
	for term, n := range times {
		terms = append(terms, weighted{term, n})
	}
	slices.SortFunc(terms, func(a, b weighted) int { return cmp.Compare(a.term, b.term) })
	return terms
}

// addTerm adds a term's share to the scores of the rows that hold it.
func (x *Index) addTerm(s *scratch, term weighted) error {
	if kept, ok := x.common.get(term.term); ok {
		weight := float64(term.times) * x.idf(len(kept.rows))
		for i, row := range kept.rows {
			s.add(row, weight, kept.saturation[i])
		}
		return nil
	}
	list, err := s.dictionary.PostingsList([]byte(term.term), nil, s.list)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s.list = list
	found := int(list.Count())
	weight := float64(term.times) * x.idf(found)
	keep := x.common.begin(found, len(x.norms))
	s.iterator = list.Iterator(true, false, false, s.iterator)
	for {
		posting, err := s.iterator.Next()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if posting == nil {
			break
		}
		row := posting.Number()
		if row >= uint64(len(x.norms)) || posting.Frequency() == 0 {
			return fmt.Errorf("%w: impossible posting", ErrDamaged)
		}
		tf := float64(posting.Frequency())
		saturation := tf / (tf + x.norms[row])
		s.add(uint32(row), weight, saturation)
		keep.add(uint32(row), saturation)
	}
	x.common.put(term.term, keep)
	return nil
}

// idf is Lucene's inverse document frequency of a term that so many rows hold.
func (x *Index) idf(found int) float64 {
	df := float64(found)
	return math.Log(1 + (float64(len(x.norms))-df+0.5)/(df+0.5))
}

func (s *scratch) add(row uint32, weight, saturation float64) {
	score := s.scores[row]
	if score == 0 {
		s.touched = append(s.touched, row)
	}
	// The conversion forbids a fused multiply-add, so that every machine rounds alike.
	s.scores[row] = score + float64(weight*saturation)
}

// best selects the hits and sets the scores back to zero.
func (s *scratch) best(k int, keep func(row int) bool) []rank.Hit {
	top := rank.NewTop(k)
	for _, row := range s.touched {
		hit := rank.Hit{Row: int(row), Score: s.scores[row]}
		s.scores[row] = 0
		if top.Wants(hit) && (keep == nil || keep(hit.Row)) {
			top.Add(hit)
		}
	}
	s.touched = s.touched[:0]
	return top.Ranked()
}

// Close releases the files. No search may be running.
func (x *Index) Close() error {
	err := x.lengths.Close()
	if x.segment != nil {
		err = errors.Join(err, x.segment.Close())
		x.segment = nil
	}
	return err
}

// recoverDamage turns a panic of the segment library, which trusts its file, into an error.
func recoverDamage(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, p)
	}
}
