package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Stacked is how far a language model's say is believed beside the learned tagger's, as it was learned on sentences that
// the tagger had not learned from.
type Stacked struct {
	Model     string    `json:"model"` // its identity, with the digest of its weights where the server tells it
	Ask       string    `json:"ask"`   // how it was asked
	Weights   []float64 `json:"weights"`
	Sentences int       `json:"sentences"` // that it was asked about
	Opinions  int       `json:"opinions"`  // possible mentions among them
	Loss      float64   `json:"loss"`      // mean negative log-likelihood of an opinion, cross-validated
	Alone     float64   `json:"alone"`     // that of the learned tagger alone
}

// StackedFor is what was learned of a model that is asked in a certain way.
func (m Manifest) StackedFor(model, ask string) (Stacked, bool) {
	for _, s := range m.Stacked {
		if s.Model == model && s.Ask == ask {
			return s, true
		}
	}
	return Stacked{}, false
}

// Stack puts a generation in use that differs from x, the one in use in dir, in what is known of one model: it replaces
// what was known of the same model, asked in the same way. The files are shared with the generation before. The error
// wraps ErrMismatch where the index in dir was built anew since x was opened.
func Stack(ctx context.Context, dir string, x *Index, s Stacked) (err error) {
	st, err := openStore(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	c, err := readCurrent(dir)
	if err != nil {
		return err
	}
	if c.digest != x.digest {
		return fmt.Errorf("%w: the index in %s was built anew meanwhile", ErrMismatch, dir)
	}
	m := x.manifest
	m.Stacked = slices.DeleteFunc(slices.Clone(m.Stacked), func(o Stacked) bool { return o.Model == s.Model && o.Ask == s.Ask })
	m.Stacked = append(m.Stacked, s)
	return st.amend(ctx, x.path, m)
}

// amend publishes a generation with the files of the one in path and another manifest.
func (s *store) amend(ctx context.Context, path string, m Manifest) (err error) {
	var aside string
	if m.Generation, aside, err = s.begin(); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(aside) }() // does nothing once the generation is published
	for _, f := range m.Files {
		if err := linkOrCopy(filepath.Join(path, f.Name), filepath.Join(aside, f.Name)); err != nil {
			return fmt.Errorf("amend the index: %w", err)
		}
	}
	digest, err := writeManifest(aside, m)
	if err != nil {
		return err
	}
	if err := checkGeneration(ctx, aside, digest); err != nil {
		return err
	}
	if err := s.publish(m.Generation, aside, digest); err != nil {
		return fmt.Errorf("publish the index: %w", err)
	}
	return s.prune(m.Generation)
}

// linkOrCopy makes to another name of the file from, or a copy where the file system has no such names.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
