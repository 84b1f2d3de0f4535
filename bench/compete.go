package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// top is how many rows every search contestant returns.
const top = 20

// contestant answers queries, by their numbers, and says how many milliseconds each took.
type contestant struct {
	task string // contestants of the same task are compared, with the first one
	name string
	run  func(ctx context.Context, queries []int) ([]float64, error)
}

// timed makes a contestant of a function that answers one query.
func timed(task, name string, data texts, answer func(ctx context.Context, text string) error) contestant {
	return byNumber(task, name, func(ctx context.Context, q int) error { return answer(ctx, data.queries[q]) })
}

// contestants are ragner's own parts, then those of others. done ends what was started for them.
func contestants(ctx context.Context, o options, dir string, data texts, ours *engine) (list []contestant, done func() error, err error) {
	done = nothing
	vectors, err := ours.embedder.Embed(ctx, data.queries)
	if err != nil {
		return nil, done, err
	}
	list = []contestant{
		timed("hybrid search, whole", "ragner", data, ours.search),
		timed("lexical search", "ragner", data, ours.lexical),
		byNumber("dense search", "ragner", func(_ context.Context, q int) error {
			ours.index.Sentences().Nearest(vectors[q], top, nil)
			return ours.index.Err()
		}),
		throughputOf(o, data, ours, true),
		throughputOf(o, data, ours, false),
	}
	var all []func() error
	done = func() error {
		var errs []error
		for _, f := range all {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}
	if o.goPeers {
		peers, end, err := goPeers(ctx, dir, data, ours, vectors)
		all = append(all, end)
		if err != nil {
			return nil, done, err
		}
		list = append(list, peers...)
	}
	if o.python != "" {
		peers, end, err := pythonPeers(ctx, o, dir, data, ours, vectors)
		all = append(all, end)
		if err != nil {
			return nil, done, err
		}
		list = append(list, peers...)
	}
	return list, done, nil
}

// nothing is there to end.
func nothing() error { return nil }

// byNumber makes a contestant of a function that answers a query by its number.
func byNumber(task, name string, answer func(ctx context.Context, query int) error) contestant {
	return contestant{task, name, func(ctx context.Context, queries []int) ([]float64, error) {
		times := make([]float64, len(queries))
		for i, q := range queries {
			start := time.Now()
			if err := answer(ctx, q); err != nil {
				return nil, err
			}
			times[i] = float64(time.Since(start).Nanoseconds()) / 1e6
		}
		return times, ctx.Err()
	}}
}

// throughputOf gives sentences a second instead of milliseconds, one figure a round: by the clock, or as it would be if
// the workers' processors had nothing else to do.
func throughputOf(o options, data texts, ours *engine, byClock bool) contestant {
	name := fmt.Sprintf("ragner, %d workers", o.workers)
	if !byClock {
		name += ", by CPU time"
	}
	return contestant{throughputTask, name, func(ctx context.Context, _ []int) ([]float64, error) {
		start, before := time.Now(), processorTime()
		err := ours.tagAll(ctx, data.queries, o.workers)
		took := time.Since(start).Seconds()
		if !byClock {
			took = (processorTime() - before).Seconds() / float64(o.workers)
		}
		return []float64{float64(len(data.queries)) / took}, err
	}}
}

const throughputTask = "neighbours, sentences/s"

// compete lets every contestant answer all queries once without measuring, then in every round, in turn.
func compete(ctx context.Context, o options, data texts, list []contestant) error {
	queries := make([]int, len(data.queries))
	for i := range queries {
		queries[i] = i
	}
	if len(queries) == 0 {
		return errors.New("no queries")
	}
	times := make([][]float64, len(list))
	for round := range o.rounds + 1 {
		for i, c := range list {
			found, err := c.run(ctx, queries)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.task, c.name, err)
			}
			if round > 0 {
				times[i] = append(times[i], found...)
			}
		}
	}
	report(list, times)
	return nil
}

func report(list []contestant, times [][]float64) {
	first := map[string]float64{}
	fmt.Printf("%-34s %-32s %9s %9s %9s\n", "task", "who", "median", "p95", "ratio")
	for i, c := range list {
		median := quantile(times[i], 0.5)
		if _, ok := first[c.task]; !ok {
			first[c.task] = median
		}
		tail := quantile(times[i], 0.95)
		if c.task == throughputTask {
			tail = quantile(times[i], 0.05)
		}
		fmt.Printf("%-34s %-32s %9.3f %9.3f %9.2f\n", c.task, c.name, median, tail, median/first[c.task])
	}
}

// quantile is the value below which the share q lies.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
