package index

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/ragner/ragner/index/dense"
	"github.com/ragner/ragner/index/records"
)

// Check reads the whole index in dir: every file's SHA-256, every row, the counts, and whether sampled rows are
// found by their own words and vectors. Its errors are those of Open.
func Check(dir string) error {
	c, err := readCurrent(dir)
	if err != nil {
		return err
	}
	x, err := Open(dir, OpenOptions{Verify: true})
	if err != nil {
		return err
	}
	if err := errors.Join(x.check(context.Background()), x.Close()); err != nil {
		return fmt.Errorf("check %s of %s: %w", c.name, dir, err)
	}
	return nil
}

func checkGeneration(ctx context.Context, path, digest string) error {
	x, err := openGeneration(path, digest, OpenOptions{Verify: true})
	if err != nil {
		return err
	}
	return errors.Join(x.check(ctx), x.Close())
}

func (x *Index) check(ctx context.Context) (err error) {
	defer x.Safely(&err)()
	if err := x.checkFiles(); err != nil {
		return err
	}
	if err := x.checkRows(ctx); err != nil {
		return err
	}
	if err := x.checkForward(); err != nil {
		return err
	}
	for _, c := range []*Collection{x.sentences, x.passages, x.names} {
		if err := c.check(ctx); err != nil {
			return err
		}
	}
	return x.Err()
}

// checkFiles finds files that the manifest does not know.
func (x *Index) checkFiles() error {
	names, err := fileNames(x.path)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, f := range x.manifest.Files {
		known[f.Name] = true
	}
	for _, name := range names {
		if !known[name] {
			return corrupt(x.path, name, errors.New("it does not belong to the index"))
		}
	}
	return nil
}

// checkRows decodes every row and compares the counts with the manifest's.
func (x *Index) checkRows(ctx context.Context) error {
	var found Counts
	for i := range x.sentences.Len() {
		found.Sentences += len(x.Sentence(i).Docs)
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for i := range x.passages.Len() {
		found.Passages += len(x.Passage(i).Docs)
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for kind := range x.documents {
		for doc := range x.documents[kind].rows.Len() {
			x.document(kind, doc)
		}
	}
	for i := range x.terms.Len() {
		x.Term(i)
	}
	for row := range x.names.Len() {
		x.TermOfName(row)
	}
	found.DistinctSentences, found.DistinctPassages = x.sentences.Len(), x.passages.Len()
	found.Documents, found.PassageDocuments = x.documents[0].rows.Len(), x.documents[1].rows.Len()
	found.Terms, found.Names = x.terms.Len(), x.names.Len()
	want := x.manifest.Counts
	found.Entities, found.MergedSentences = want.Entities, want.MergedSentences
	found.Conflicts, found.RepeatedIDs = want.Conflicts, want.RepeatedIDs
	found.UnmatchedNames, found.RelabelledTerms = want.UnmatchedNames, want.RelabelledTerms
	if found != want {
		return corrupt(x.path, manifestName, fmt.Errorf("%w: it counts %+v, the files hold %+v", records.ErrDamaged, want, found))
	}
	return x.Err()
}

// samples is how many rows of a collection are looked up by their own content.
const samples = 32

func (c *Collection) check(ctx context.Context) error {
	if err := c.words.Verify(ctx, wordFiles(c.index.path, c.name).Segment, 1); err != nil {
		return corrupt(c.index.path, c.file("postings"), err)
	}
	for i := range min(samples, c.Len()) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		row := i * c.Len() / min(samples, c.Len())
		own := func(r int) bool { return r == row }
		tokens := Analyze(c.Text(row))
		if length, err := c.words.Length(row); err != nil || length != len(tokens) || len(tokens) > 0 && len(c.BM25(tokens, 1, own)) != 1 {
			return corrupt(c.index.path, c.file("words"), fmt.Errorf("row %d is not found by its own words", row))
		}
		if c.vectors == nil {
			continue
		}
		vector := c.Vector(row)
		length := dense.Dot(vector, vector)
		hits := c.Nearest(vector, 1, own)
		if length != 0 && (len(hits) != 1 || !(math.Abs(hits[0].Score-1) <= 1e-3)) {
			return corrupt(c.index.path, c.file("vectors"), fmt.Errorf("row %d is not found by its own vector", row))
		}
	}
	return errors.Join(c.checkVectors(ctx), c.index.Err())
}

// checkVectors: every vector has a length of 1, but for rounding, or is all zero. One that holds NaN has neither.
func (c *Collection) checkVectors(ctx context.Context) error {
	if c.vectors == nil {
		return nil
	}
	for row := range c.Len() {
		if row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		vector := c.Vector(row)
		if square := dense.Dot(vector, vector); square != 0 && !(math.Abs(square-1) <= 1e-5) {
			return corrupt(c.index.path, c.file("vectors"), fmt.Errorf("the vector of row %d has not the length 1", row))
		}
	}
	return nil
}
