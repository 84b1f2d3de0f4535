package index

import (
	"fmt"

	"github.com/ragner/ragner/internal/embed"
)

// Fits reports whether queries embedded by e can be compared with the index's vectors; the error wraps ErrMismatch.
func (x *Index) Fits(e embed.Embedder) error {
	if err := x.manifest.matches(OpenOptions{Embedder: e}); err != nil {
		return fmt.Errorf("%w: %s %w", ErrMismatch, x.path, err)
	}
	return nil
}
