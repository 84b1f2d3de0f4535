package lexical

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/ragner/ragner/index/ordered"
)

const (
	field     = "text"
	batchRows = 8192 // a batch becomes one segment; its size decides the bytes written, so it is no option
	mergeAt   = 16   // segments merged into one at a time
)

// Rows are the texts to index: Text(i) for i below Len, callable from several goroutines.
type Rows struct {
	Len  int
	Text func(row int) string
}

// Files names what a build writes: bleve's segment, which is the store of record, and the postings made from it,
// which answer.
type Files struct{ Segment, Postings string }

// Build indexes rows into new files, which answer alike for every number of workers (the library lists the
// sections of a segment in the order of a Go map, so its bytes may differ). Temporary files stand beside the
// segment and are gone when it returns without an error. Rows keep their number as the postings'
// document number: that is why segments are built and merged here in row order, with bleve's own segment
// library, and not through bleve.NewBuilder, which numbers the documents of a batch at random.
func Build(ctx context.Context, files Files, rows Rows, workers int, progress func(done int)) error {
	b := builder{files: files, rows: rows}
	batches := (rows.Len + batchRows - 1) / batchRows
	err := ordered.Run(ctx, workers, batches, b.batch, func(_ int, lengths []uint32) error {
		b.lengths = append(b.lengths, lengths...)
		progress(len(b.lengths))
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.merge(ctx, batches); err != nil {
		return err
	}
	return b.writePostings(ctx, workers)
}

type builder struct {
	files   Files
	rows    Rows
	lengths []uint32
}

func (b *builder) part(level, i int) string {
	return fmt.Sprintf("%s.part-%d-%06d", b.files.Segment, level, i)
}

// batch writes batch i's segment and returns the lengths of its rows in tokens.
func (b *builder) batch(ctx context.Context, i int) ([]uint32, error) {
	first, last := i*batchRows, min((i+1)*batchRows, b.rows.Len)
	docs := make([]bleveindex.Document, 0, last-first)
	lengths := make([]uint32, 0, last-first)
	for row := first; row < last; row++ {
		if row%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		doc, length := newDocument(row, b.rows.Text(row))
		docs = append(docs, doc)
		lengths = append(lengths, uint32(length))
	}
	seg, _, err := new(zap.ZapPlugin).New(docs)
	if err != nil {
		return nil, fmt.Errorf("index words: %w", err)
	}
	defer func() { _ = seg.Close() }()
	unpersisted, ok := seg.(segment.UnpersistedSegment)
	if !ok {
		return nil, fmt.Errorf("index words: cannot write a %T", seg)
	}
	return lengths, unpersisted.Persist(b.part(0, i))
}

var analyzer = &analysis.DefaultAnalyzer{Tokenizer: tokenizer{}}

// newDocument is a lean document: the words' frequencies, and the row as the stored _id that the format demands.
func newDocument(row int, text string) (bleveindex.Document, int) {
	doc := document.NewDocument(strconv.Itoa(row))
	doc.AddField(document.NewTextFieldWithIndexingOptions("_id", nil, []byte(doc.ID()), bleveindex.StoreField))
	words := document.NewTextFieldCustom(field, nil, []byte(text), bleveindex.IndexField, analyzer)
	words.Analyze()
	doc.AddField(words)
	return doc, words.AnalyzedLength()
}

// merge makes one segment of n parts, mergeAt neighbours at a time, so that the rows stay in order.
func (b *builder) merge(ctx context.Context, n int) error {
	if n == 0 {
		return os.WriteFile(b.files.Segment, nil, 0o644)
	}
	level := 0
	for ; n > 1; level++ {
		next := 0
		for first := 0; first < n; first += mergeAt {
			if err := b.mergeParts(ctx, level, first, min(first+mergeAt, n), b.part(level+1, next)); err != nil {
				return fmt.Errorf("merge words: %w", err)
			}
			next++
		}
		n = next
	}
	if err := os.Chmod(b.part(level, 0), 0o644); err != nil { // the library makes it private to the user
		return err
	}
	return os.Rename(b.part(level, 0), b.files.Segment)
}

func (b *builder) mergeParts(ctx context.Context, level, first, end int, to string) (err error) {
	if end-first == 1 {
		return os.Rename(b.part(level, first), to)
	}
	plugin := new(zap.ZapPlugin)
	parts := make([]segment.Segment, 0, end-first)
	defer func() {
		for i, part := range parts {
			err = errors.Join(err, part.Close(), os.Remove(b.part(level, first+i)))
		}
	}()
	for i := first; i < end; i++ {
		part, err := plugin.Open(b.part(level, i))
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	stop := make(chan struct{}) // bleve takes a channel it can close too, not a context
	defer context.AfterFunc(ctx, func() { close(stop) })()
	if _, _, err := plugin.Merge(parts, make([]*roaring.Bitmap, len(parts)), to, stop, nil); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return nil
}

// writePostings makes the postings from the finished segment, so that both hold the same.
func (b *builder) writePostings(ctx context.Context, workers int) error {
	store, err := openStore(b.files.Segment, b.rows.Len)
	if err != nil {
		return err
	}
	w := &writer{store: store, lengths: b.lengths, workers: workers, narrow: narrowPairs}
	return errors.Join(w.writePostings(ctx, b.files.Postings), store.close())
}
