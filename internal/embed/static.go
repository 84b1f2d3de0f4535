package embed

import (
	"context"
	_ "embed" // the table and its vocabulary
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
)

//go:embed static/static256.bin
var staticTable string

//go:embed static/vocab.txt
var staticVocabulary string

// staticID names the table of static/static256.bin; a test holds the file to it by its SHA-256.
const staticID = "static:minilm-l6-256-v1"

// Static is the built-in embedder: a table of vectors for English WordPiece entries, distilled from
// all-MiniLM-L6-v2 as model2vec does (scripts/distil.py). A text's vector is the weighted sum of its entries'
// rows, brought to length 1. It is weaker than a transformer and than lexical search; its worth is in fusion
// with the latter, without a model to install.
type Static struct {
	vocabulary *vocabulary
	weights    []float32 // scale times Zipf weight of each row
	rows       string    // int8, row after row, in the program's own read-only data
	dimensions int
	scratch    sync.Pool // *scratch
}

var _ Embedder = (*Static)(nil)

var loadStatic = sync.OnceValues(func() (*Static, error) { return newStatic(staticTable, staticVocabulary) })

// NewStatic gives the built-in embedder. It is loaded at the first call, in a few milliseconds, and shared.
func NewStatic() (Embedder, error) {
	s, err := loadStatic()
	if err != nil {
		return nil, fmt.Errorf("built-in embedding table: %w", err)
	}
	return s, nil
}

// newStatic reads a table: "SEM1", u32 entries, u32 dimensions, f32 scale and f32 zipf an entry, int8 rows;
// little endian.
func newStatic(table, words string) (*Static, error) {
	const header = 12
	if len(table) < header || table[:4] != "SEM1" {
		return nil, errors.New("not a SEM1 file")
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32([]byte(table[at : at+4])) }
	entries, dimensions := int(u32(4)), int(u32(8))
	rows := header + 8*entries
	if entries <= 0 || dimensions <= 0 || len(table) != rows+entries*dimensions {
		return nil, fmt.Errorf("%d entries of %d dimensions do not make %d bytes", entries, dimensions, len(table))
	}
	vocabulary, err := newVocabulary(words)
	if err != nil {
		return nil, err
	}
	if vocabulary.size() != entries {
		return nil, fmt.Errorf("%d entries, but a vocabulary of %d", entries, vocabulary.size())
	}
	s := &Static{vocabulary: vocabulary, rows: table[rows:], dimensions: dimensions, weights: make([]float32, entries)}
	for i := range s.weights {
		scale, zipf := u32(header+4*i), u32(header+4*(entries+i))
		s.weights[i] = math.Float32frombits(scale) * math.Float32frombits(zipf)
	}
	s.scratch.New = func() any { return new(scratch) }
	return s, nil
}

// Dimensions is the length of every vector.
func (s *Static) Dimensions() int { return s.dimensions }

// ID names the table.
func (s *Static) ID() string { return staticID }

// scratch is what one text's embedding needs beside its vector.
type scratch struct {
	splitter splitter
	ids      []int32
}

// chunk is how many texts are embedded between two looks at the context.
const chunk = 256

// Embed uses all processors. Its only error is the context's.
func (s *Static) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	all := make([]float32, len(texts)*s.dimensions)
	for i := range vectors {
		vectors[i], all = all[:s.dimensions:s.dimensions], all[s.dimensions:]
	}
	if len(texts) <= chunk { // a query: a goroutine would cost more than it saves
		return vectors, s.embedChunk(ctx, vectors, texts)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < len(texts); from += chunk {
		to := min(from+chunk, len(texts))
		group.Go(func() error { return s.embedChunk(ctx, vectors[from:to], texts[from:to]) })
	}
	return vectors, group.Wait()
}

// embedChunk embeds texts into vectors, which are zero.
func (s *Static) embedChunk(ctx context.Context, vectors [][]float32, texts []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := s.scratch.Get().(*scratch)
	defer s.scratch.Put(w)
	for i, text := range texts {
		s.embed(w, vectors[i], text)
	}
	return nil
}

// embed adds text's rows into v, which is zero, and brings it to length 1.
func (s *Static) embed(w *scratch, v []float32, text string) {
	w.ids = s.ids(w, text)
	for _, id := range w.ids {
		row := s.rows[int(id)*s.dimensions:][:s.dimensions]
		addRow(v, row, s.weights[id])
	}
	normalize(v)
}

// ids are text's known WordPiece entries. They are valid until w is used again.
func (s *Static) ids(w *scratch, text string) []int32 {
	ids := w.ids[:0]
	w.splitter.split(text, func(word []byte) { ids = s.vocabulary.pieces(ids, word) })
	return ids
}

// addRow adds weight times the int8 row to v, four columns a step: it is the program's most frequent loop.
func addRow(v []float32, row string, weight float32) {
	for len(v) >= 4 && len(row) >= 4 {
		v[0] += weight * float32(int8(row[0]))
		v[1] += weight * float32(int8(row[1]))
		v[2] += weight * float32(int8(row[2]))
		v[3] += weight * float32(int8(row[3]))
		v, row = v[4:], row[4:]
	}
	for i := range v {
		v[i] += weight * float32(int8(row[i]))
	}
}

// normalize brings v to Euclidean length 1; a zero vector stays.
func normalize(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
}
