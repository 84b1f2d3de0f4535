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

// contestant answers all queries.
type contestant struct {
	task string // contestants of the same task are compared, with the first one
	name string
	run  func(ctx context.Context, queries int) (round, error)
}

// round is what answering all queries once took.
type round struct {
	Wall      []float64 `json:"wall"`      // milliseconds of each query, or sentences a second, once
	Processor float64   `json:"processor"` // milliseconds of a query, a mean over all threads; 0: not known
}

// contestants are ragner's own parts, then those of others. done ends what was started for them.
func contestants(ctx context.Context, o options, dir string, data texts, ours *engine) (list []contestant, done func() error, err error) {
	done = nothing
	vectors, err := ours.embedder.Embed(ctx, data.queries)
	if err != nil {
		return nil, done, err
	}
	list = ownContestants(o, data, ours, vectors)
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
	slices.SortStableFunc(list, func(a, b contestant) int { return slices.Index(tasks, a.task) - slices.Index(tasks, b.task) })
	return list, done, nil
}

// The tasks, in the order in which they are reported.
const (
	hybridTask     = "hybrid search"
	wholeTask      = "hybrid search and terms"
	lexicalTask    = "lexical search"
	denseTask      = "dense search"
	throughputTask = "neighbours, sentences/s"
)

var tasks = []string{hybridTask, wholeTask, lexicalTask, denseTask, throughputTask}

func ownContestants(o options, data texts, ours *engine, vectors [][]float32) []contestant {
	text := func(answer func(ctx context.Context, text string) error) func(context.Context, int) error {
		return func(ctx context.Context, q int) error { return answer(ctx, data.queries[q]) }
	}
	return []contestant{
		byNumber(hybridTask, "ragner: embed, both, fuse, choose", text(ours.demonstrations)),
		byNumber(wholeTask, "ragner", text(ours.search)),
		byNumber(lexicalTask, "ragner", text(ours.lexical)),
		byNumber(denseTask, "ragner", func(_ context.Context, q int) error { return ours.dense(vectors[q]) }),
		batched("ragner, all queries at once", ours, vectors),
		throughputOf(o, data, ours),
	}
}

// nothing is there to end.
func nothing() error { return nil }

// byNumber makes a contestant of a function that answers a query by its number.
func byNumber(task, name string, answer func(ctx context.Context, query int) error) contestant {
	return contestant{task, name, func(ctx context.Context, queries int) (r round, err error) {
		before := processorTime()
		for q := range queries {
			start := time.Now()
			if err := answer(ctx, q); err != nil {
				return r, err
			}
			r.Wall = append(r.Wall, milliseconds(time.Since(start)))
		}
		r.Processor = milliseconds(processorTime()-before) / float64(queries)
		return r, ctx.Err()
	}}
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// batched gives each query its share of the time of a batch.
func batched(name string, ours *engine, vectors [][]float32) contestant {
	return contestant{denseTask, name, func(ctx context.Context, queries int) (round, error) {
		start, before := time.Now(), processorTime()
		err := ours.denseBatch(vectors[:queries])
		n := float64(queries)
		return round{[]float64{milliseconds(time.Since(start)) / n}, milliseconds(processorTime()-before) / n}, err
	}}
}

// throughputOf gives sentences a second instead of milliseconds, one figure a round.
func throughputOf(o options, data texts, ours *engine) contestant {
	name := fmt.Sprintf("ragner, %d workers", o.workers)
	return contestant{throughputTask, name, func(ctx context.Context, queries int) (round, error) {
		start, before := time.Now(), processorTime()
		err := ours.tagAll(ctx, data.queries[:queries], o.workers)
		n := float64(queries)
		return round{[]float64{n / time.Since(start).Seconds()}, milliseconds(processorTime()-before) / n}, err
	}}
}

// compete lets every contestant answer all queries once without measuring, then in every round, in turn.
func compete(ctx context.Context, o options, queries int, list []contestant) error {
	if queries == 0 {
		return errors.New("no queries")
	}
	wall, processor := make([][]float64, len(list)), make([][]float64, len(list))
	for n := range o.rounds + 1 {
		for i, c := range list {
			r, err := c.run(ctx, queries)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.task, c.name, err)
			}
			if n > 0 {
				wall[i], processor[i] = append(wall[i], r.Wall...), append(processor[i], r.Processor)
			}
		}
	}
	report(list, wall, processor)
	return nil
}

func report(list []contestant, wall, processor [][]float64) {
	first := map[string]float64{}
	fmt.Printf("%-24s %-34s %9s %9s %9s %9s %9s\n", "task", "who", "median", "p10", "p95", "ratio", "CPU ms")
	for i, c := range list {
		median := quantile(wall[i], 0.5)
		if _, ok := first[c.task]; !ok {
			first[c.task] = median
		}
		best, tail := quantile(wall[i], 0.1), quantile(wall[i], 0.95)
		if c.task == throughputTask {
			best, tail = quantile(wall[i], 0.9), quantile(wall[i], 0.05)
		}
		fmt.Printf("%-24s %-34s %9.3f %9.3f %9.3f %9.2f %9.3f\n",
			c.task, c.name, median, best, tail, median/first[c.task], quantile(processor[i], 0.5))
	}
}

// quantile is the value below which the share q lies.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
