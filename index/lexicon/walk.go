package lexicon

import (
	"context"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/ordered"
)

// Sentences are annotated sentences: At(i) for i below Len, callable from several goroutines.
type Sentences struct {
	Len int
	At  func(i int) corpora.Annotated
}

// Walks is how often Write walks all sentences.
const Walks = 3

// walker walks sentences with some workers and tells of each that is done, over all walks.
type walker struct {
	sentences Sentences
	workers   int
	done      int
	progress  func(done int)
}

// walkedAtOnce is how many sentences a worker looks at before it hands over what it has found.
const walkedAtOnce = 256

// walk has look add what it finds in each sentence, by several goroutines, and take have it, by one, in the order of the sentences.
func walk[Found any](ctx context.Context, w *walker, look func(a corpora.Annotated, found *Found), take func(Found)) error {
	n := w.sentences.Len
	work := func(_ context.Context, chunk int) (found Found, err error) {
		for i := chunk * walkedAtOnce; i < min((chunk+1)*walkedAtOnce, n); i++ {
			look(w.sentences.At(i), &found)
		}
		return found, nil
	}
	return ordered.Run(ctx, w.workers, (n+walkedAtOnce-1)/walkedAtOnce, work, func(chunk int, found Found) error {
		take(found)
		w.done += min(walkedAtOnce, n-chunk*walkedAtOnce)
		w.progress(w.done)
		return nil
	})
}
