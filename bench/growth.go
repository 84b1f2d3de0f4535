package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// sizes are those at which growth is measured, up to -sentences.
var sizes = []int{1_000, 5_000, 25_000, 95_000, 300_000, 1_000_000}

// growthPoint is what was measured at one size, by column.
type growthPoint map[string]float64

// The columns of the table of growth. CPU times are of all threads; peaks are of resident memory, mapped files
// included.
const (
	atSize        = "sentences"
	wallOf        = " ms"     // behind a task
	processorOf   = " CPU ms" // behind a task
	openTime      = "open ms"
	coldTime      = "cold search s"
	coldProcessor = "cold search CPU s"
	coldMemory    = "cold search peak MB"
	buildTime     = "build s"
	buildUsed     = "build CPU s"
	buildMemory   = "build peak MB"
	tagMemory     = "tagging peak MB"
	diskSize      = "disk MB"
)

var growthColumns = []string{
	atSize, hybridTask + wallOf, hybridTask + processorOf, wholeTask + wallOf, wholeTask + processorOf,
	lexicalTask + wallOf, lexicalTask + processorOf, denseTask + wallOf, denseTask + processorOf, openTime,
	coldTime, coldProcessor, coldMemory, buildTime, buildUsed, buildMemory, tagMemory, diskSize,
}

// growth measures ragner alone at each size that the table does not have yet, and draws the table.
func growth(ctx context.Context, l *launcher, o options, dir string) error {
	if o.binary == "" {
		return errors.New("-growth wants -ragner, the binary")
	}
	points, err := readGrowth(o.growth + ".csv")
	if err != nil {
		return err
	}
	for _, n := range sizes {
		if n < o.from || n > o.sentences || points.has(n) {
			continue
		}
		at := filepath.Join(dir, strconv.Itoa(n))
		p, err := growthAt(ctx, l, o, at, n)
		if err == nil && o.keep == "" {
			err = os.RemoveAll(at)
		}
		if err != nil {
			return fmt.Errorf("at %d sentences: %w", n, err)
		}
		points = append(points, p)
		slices.SortFunc(points, func(a, b growthPoint) int { return cmp.Compare(a[atSize], b[atSize]) })
		fmt.Printf("%d sentences: %v; load average %s\n", n, p, loadAverage())
		if err := points.write(o.growth + ".csv"); err != nil {
			return err
		}
	}
	return drawGrowth(o.growth+".svg", points)
}

func growthAt(ctx context.Context, l *launcher, o options, dir string, n int) (growthPoint, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	o.sentences = n
	data, err := load(o)
	if err != nil {
		return nil, err
	}
	p := growthPoint{atSize: float64(n)}
	if err := p.processes(l, o, dir, data); err != nil {
		return nil, err
	}
	ours, err := open(ctx, filepath.Join(dir, "index"), data)
	if err != nil {
		return nil, err
	}
	p[diskSize] = float64(ours.index.Summary().Bytes) / 1e6
	p[openTime], err = opening(filepath.Join(dir, "index"), ours.embedder)
	if err == nil {
		err = p.searches(ctx, o, data, ours)
	}
	return p, errors.Join(err, ours.index.Close())
}

// processes measures whole processes.
func (p growthPoint) processes(l *launcher, o options, dir string, data texts) error {
	build, err := buildCommand(o, dir, data)
	if err != nil {
		return err
	}
	build.times = 1
	use := useCommands(o, dir, data)
	var results []usages
	for _, c := range []command{build, use[0], use[2]} {
		u, err := measure(l, c)
		if err != nil {
			return err
		}
		results = append(results, u)
	}
	p[buildTime], p[buildUsed], p[buildMemory] = results[0].median.Seconds, results[0].median.Processor, results[0].worst.Megabytes
	p[coldTime], p[coldProcessor], p[coldMemory] = results[1].median.Seconds, results[1].median.Processor, results[1].worst.Megabytes
	p[tagMemory] = results[2].worst.Megabytes
	return nil
}

// searches measures queries in this process.
func (p growthPoint) searches(ctx context.Context, o options, data texts, ours *engine) error {
	vectors, err := ours.embedder.Embed(ctx, data.queries)
	if err != nil {
		return err
	}
	for _, c := range ownContestants(o, data, ours, vectors)[:4] {
		var wall, processor []float64
		for n := range o.rounds + 1 {
			r, err := c.run(ctx, len(data.queries))
			if err != nil {
				return err
			}
			if n > 0 {
				wall, processor = append(wall, r.Wall...), append(processor, r.Processor)
			}
		}
		p[c.task+wallOf], p[c.task+processorOf] = quantile(wall, 0.5), quantile(processor, 0.5)
	}
	return nil
}
