// Package ordered runs work in parallel and hands the results over in the order of the work, so that what is
// written does not depend on the number of workers.
package ordered

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"
)

// Run calls work(0) … work(n-1) on some workers and take(i, result) one after another, in order, on one
// goroutine. At most twice as many results as workers wait at any time. The first error ends it.
func Run[Out any](ctx context.Context, workers, n int, work func(context.Context, int) (Out, error), take func(int, Out) error) error {
	numbers := func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
	i := 0
	return Map(ctx, workers, numbers, work, func(out Out) error {
		defer func() { i++ }()
		return take(i, out)
	})
}

// Map calls work for each element of in on some workers and take for each result, one after another, in the
// order of in. in is pulled by one goroutine.
func Map[In, Out any](ctx context.Context, workers int, in iter.Seq[In], work func(context.Context, In) (Out, error), take func(Out) error) error {
	type job struct {
		in  In
		out chan Out
	}
	group, ctx := errgroup.WithContext(ctx)
	workers = max(workers, 1)
	jobs, queue := make(chan job), make(chan job, 2*workers)
	group.Go(func() error {
		defer close(jobs)
		defer close(queue)
		for element := range in {
			j := job{element, make(chan Out, 1)}
			if !send(ctx, queue, j) || !send(ctx, jobs, j) {
				return ctx.Err()
			}
		}
		return ctx.Err()
	})
	for range workers {
		group.Go(func() error {
			for j := range jobs {
				out, err := work(ctx, j.in)
				if err != nil {
					return err
				}
				j.out <- out
			}
			return nil
		})
	}
	group.Go(func() error {
		for j := range queue {
			select {
			case out := <-j.out:
				if err := take(out); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

func send[T any](ctx context.Context, c chan<- T, v T) bool {
	select {
	case c <- v:
		return true
	case <-ctx.Done():
		return false
	}
}
