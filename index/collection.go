package index

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/ragner/ragner/index/dense"
	"github.com/ragner/ragner/index/lexical"
	"github.com/ragner/ragner/index/records"
)

// Collection is a list of texts that can be searched by words and by vectors. Rows count from 0 in the order
// in which the texts first stood in the input.
type Collection struct {
	index   *Index
	name    string
	records *records.Reader
	text    func(row []byte) (string, error)
	words   *lexical.Index
	vectors *dense.Vectors // nil without an embedder
}

// Len is the number of rows.
func (c *Collection) Len() int { return c.records.Len() }

// Text is a row's text, copied.
func (c *Collection) Text(row int) string {
	text, err := c.text(c.row(row))
	if err != nil {
		c.index.damaged(c.file("records"), err)
	}
	return text
}

// Vector is a row's vector of Euclidean length 1 (all zeros where the embedder knew nothing of the text), nil
// without an embedder. It is part of the mapped file: read only, valid until Close.
func (c *Collection) Vector(row int) []float32 {
	if c.vectors == nil || row < 0 || row >= c.vectors.Len() {
		return nil
	}
	vector, err := c.vectors.Row(row)
	if err != nil {
		c.index.damaged(c.file("vectors"), err)
	}
	return vector
}

// BM25 returns the best k rows for a bag of tokens, as Analyze gives them, among those that keep accepts
// (nil: all). See lexical.Index.Search.
func (c *Collection) BM25(tokens []string, k int, keep func(row int) bool) []Hit {
	return c.Lexical(lexical.Query{Tokens: tokens, K: k, Keep: keep})
}

// Lexical answers a query by words. Its parameters must be valid.
func (c *Collection) Lexical(q lexical.Query) []Hit {
	hits, err := c.words.Search(q)
	if err != nil {
		c.index.damaged(c.file("postings"), err)
		return nil
	}
	return hits
}

// Nearest returns the best k rows by cosine similarity among those that keep accepts (nil: all), none without
// an embedder. See dense.Vectors.Nearest.
func (c *Collection) Nearest(vector []float32, k int, keep func(row int) bool) []Hit {
	if c.vectors == nil {
		return nil
	}
	hits, err := c.vectors.Nearest(vector, k, keep)
	if err != nil {
		c.index.damaged(c.file("vectors"), err)
		return nil
	}
	return hits
}

// VectorQuery is one query of NearestBatch.
type VectorQuery = dense.Query

// NearestBatch answers each query as Nearest does, in less time together. See dense.Vectors.NearestBatch.
func (c *Collection) NearestBatch(queries []VectorQuery) [][]Hit {
	if c.vectors == nil {
		return make([][]Hit, len(queries))
	}
	hits, err := c.vectors.NearestBatch(queries)
	if err != nil {
		c.index.damaged(c.file("vectors"), err)
		return make([][]Hit, len(queries))
	}
	return hits
}

// file is the name of one of the collection's files.
func (c *Collection) file(part string) string { return c.name + "." + part }

// row is a row's bytes, nil (and noted) when it is damaged or there is none.
func (c *Collection) row(i int) []byte {
	row, err := c.records.Row(i)
	if err != nil {
		c.index.damaged(c.file("records"), err)
	}
	return row
}

func openCollection(x *Index, name string, text func([]byte) (string, error)) (c *Collection, err error) {
	c = &Collection{index: x, name: name, text: text}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.records, err = x.openRecords(c.file("records")); err != nil {
		return c, err
	}
	postings, err := x.openFile(c.file("postings"))
	if err != nil {
		return c, err
	}
	if c.words, err = lexical.Open(postings, c.records.Len()); err != nil {
		return c, corrupt(x.path, c.file("postings"), err)
	}
	if x.manifest.Embedder.ID == "" {
		return c, nil
	}
	if err = c.openVectors(); err != nil {
		return c, err
	}
	if c.vectors.Len() != c.records.Len() || c.vectors.Dimensions() != x.manifest.Embedder.Dimensions {
		err = fmt.Errorf("%w: other rows or dimensions than the manifest says", dense.ErrDamaged)
		return c, corrupt(x.path, c.file("vectors"), err)
	}
	return c, nil
}

func (c *Collection) openVectors() (err error) {
	x := c.index
	if c.vectors, err = dense.Open(vectorFiles(x.path, c.name)); err != nil {
		return corrupt(x.path, c.file("vectors"), err)
	}
	vectors, codes := c.vectors.Files()
	return errors.Join(x.guard(c.file("vectors"), vectors), x.guard(c.file("codes"), codes))
}

func vectorFiles(path, name string) dense.Files {
	base := filepath.Join(path, name)
	return dense.Files{Vectors: base + ".vectors", Codes: base + ".codes"}
}

func wordFiles(path, name string) lexical.Files {
	base := filepath.Join(path, name)
	return lexical.Files{Segment: base + ".words", Postings: base + ".postings"}
}

func (c *Collection) close() error {
	var errs []error
	if c.records != nil {
		errs = append(errs, c.records.Close())
	}
	if c.words != nil {
		errs = append(errs, c.words.Close())
	}
	if c.vectors != nil {
		errs = append(errs, c.vectors.Close())
	}
	return errors.Join(errs...)
}
