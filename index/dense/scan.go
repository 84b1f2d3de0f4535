package dense

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ragner/ragner/index/mapped"
)

const (
	chunkBytes    = 64 << 10 // of codes that are scanned for all queries while they are in the cache
	stretchChunks = 16       // that a worker takes at once
	parallelBytes = 8 << 20  // of codes from which several cores scan: half a millisecond's work for one
	maxWorkers    = 4        // memory bandwidth bounds it
)

// scan offers all rows to selections[query], one for each worker that scanWorkers allows.
func (c *codeFile) scan(queries []codedQuery, selections [][]*selection) error {
	s := scanner{codeFile: c, queries: queries, selections: selections, chunk: max(chunkBytes/c.stride, 1)}
	workers := len(selections[0])
	if workers == 1 {
		return s.work(0)
	}
	errs := make([]error, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() { errs[worker] = s.work(worker) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// scanWorkers is the number of cores that are worth their while for so many bytes of codes.
func scanWorkers(bytes int) int {
	if bytes < parallelBytes {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), maxWorkers)
}

// scanner hands stretches of rows to workers as they come for them: a core that is busy with something else does
// not hold up the others.
type scanner struct {
	*codeFile
	queries    []codedQuery
	selections [][]*selection // by query, then worker
	chunk      int            // rows
	next       atomic.Int64   // the first row that nobody has taken
}

func (s *scanner) work(worker int) (err error) {
	defer mapped.Catch(&err)() // it may have a goroutine of its own
	stretch := s.chunk * stretchChunks
	dots := make([]int32, s.chunk)
	for {
		end := int(s.next.Add(int64(stretch)))
		first := end - stretch
		if first >= s.len {
			return nil
		}
		for ; first < min(end, s.len); first += s.chunk {
			if err := s.scanChunk(worker, first, min(first+s.chunk, s.len), dots); err != nil {
				return err
			}
		}
	}
}

func (s *scanner) scanChunk(worker, first, end int, dots []int32) error {
	if err := s.checkRows(first, end); err != nil {
		return err
	}
	dots = dots[:end-first]
	codes, scales, residuals := s.codes[first*s.stride:end*s.stride], s.scales[first:end], s.residuals[first:end]
	for i := range s.queries {
		fastest.dots(codes, s.queries[i].values, dots)
		s.selections[i][worker].offer(first, dots, scales, residuals)
	}
	return nil
}
