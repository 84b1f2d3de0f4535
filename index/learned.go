package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
)

// LearnedFile is the file of what was learned from a generation's annotated sentences.
const LearnedFile = "learned.bin"

// Learned tells of the tagger that was learned from the annotated sentences; its file's digest stands with those of the
// other files.
type Learned struct {
	Version   int             `json:"version"` // of the features and the file; another one cannot be used
	Groups    []LearnedGroup  `json:"groups"`  // of labels; those of one group never overlap
	Settings  LearnedSettings `json:"settings"`
	Sentences int             `json:"sentences"` // it was learned from
	Features  int             `json:"features"`
	Lost      int             `json:"lost"` // mentions that it could not be shown: discontinuous, or overlapping one of their own group
	Warning   string          `json:"warning,omitempty"`
	Seconds   float64         `json:"seconds"` // that learning took
}

// LearnedGroup is one model over labels that do not overlap.
type LearnedGroup struct {
	Labels    []string `json:"labels"`
	Weights   int      `json:"weights"`
	Threshold float64  `json:"threshold"` // least score of an entity, chosen on held-out sentences
	F1        float64  `json:"f1"`        // strict, on held-out sentences
	Adapted   bool     `json:"adapted"`   // each weight had a prior of its own, which found more in held-out sentences
}

// LearnedSettings are what learning depends on besides the data.
type LearnedSettings struct {
	L2         float64 `json:"l2"`
	Iterations int     `json:"iterations"`
}

// Learn learns a tagger from a finished but unpublished generation and returns its file's content. Without content the
// reason why there is none is returned.
type Learn func(ctx context.Context, x *Index, progress func(stage string, done, total int)) (model []byte, about Learned, why string, err error)

// learn is the last step before the checksums: all that learning looks into is written.
func (b *builder) learn(ctx context.Context) (err error) {
	if b.options.Learn == nil {
		return nil
	}
	x := &Index{path: b.path, manifest: b.manifest, labels: b.labels.names}
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := errors.Join(x.openFiles(), x.openLexicon(), x.openForward()); err != nil {
		return err
	}
	model, about, why, err := b.options.Learn(ctx, x, b.options.Progress)
	if err := errors.Join(err, x.Err()); err != nil {
		return fmt.Errorf("learn a tagger: %w", err)
	}
	b.unlearned = why
	if len(model) == 0 {
		return nil
	}
	b.manifest.Learned = &about
	return os.WriteFile(b.file(LearnedFile), model, 0o644)
}

// LearnedModel is the content of the learned tagger's file, nil where none was learned. The error wraps ErrCorrupt.
func (x *Index) LearnedModel() ([]byte, error) {
	if x.manifest.Learned == nil {
		return nil, nil
	}
	file, err := x.openFile(LearnedFile)
	if err != nil {
		return nil, x.CorruptLearned(err)
	}
	defer func() { _ = file.Close() }()
	if err := file.Check(0, len(file.Bytes)); err != nil {
		return nil, x.CorruptLearned(err)
	}
	return bytes.Clone(file.Bytes), nil
}

// CorruptLearned is the damage that err tells of in the learned tagger's file.
func (x *Index) CorruptLearned(err error) error {
	if errors.Is(err, ErrCorrupt) {
		return err
	}
	return corrupt(x.path, LearnedFile, err)
}
