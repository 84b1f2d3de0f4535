package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// sizes are those at which growth is measured, up to -sentences.
var sizes = []int{1_000, 5_000, 25_000, 95_000, 300_000, 1_000_000}

// growthPoint is what was measured at one size.
type growthPoint struct {
	sentences                            int
	hybrid, whole, lexical, dense        float64 // ms a query, medians
	open                                 float64 // ms
	cold, build                          float64 // s, whole processes
	buildProcessor                       float64 // s
	buildMemory, coldMemory, usingMemory float64 // MB, peaks
	disk                                 float64 // MB
}

var growthColumns = []string{
	"sentences", "hybrid ms", "with terms ms", "lexical ms", "dense ms", "open ms", "cold search s", "build s", "build CPU s",
	"build peak MB", "cold peak MB", "tagging peak MB", "disk MB",
}

func (p growthPoint) figures() []float64 {
	return []float64{
		float64(p.sentences), p.hybrid, p.whole, p.lexical, p.dense, p.open, p.cold, p.build, p.buildProcessor,
		p.buildMemory, p.coldMemory, p.usingMemory, p.disk,
	}
}

// growth measures ragner alone at each size, prints the figures as they come and draws them.
func growth(ctx context.Context, l *launcher, o options, dir string) error {
	if o.binary == "" {
		return errors.New("-growth wants -ragner, the binary")
	}
	var points []growthPoint
	for _, n := range sizes {
		if n > o.sentences {
			break
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
		for i, value := range p.figures() {
			fmt.Printf("%s %.4g; ", growthColumns[i], value)
		}
		fmt.Println("load average", loadAverage())
	}
	if err := writeGrowth(o.growth+".csv", points); err != nil {
		return err
	}
	return drawGrowth(o.growth+".svg", points)
}

func growthAt(ctx context.Context, l *launcher, o options, dir string, n int) (p growthPoint, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return p, err
	}
	o.sentences = n
	data, err := load(o)
	if err != nil {
		return p, err
	}
	p.sentences = n
	if err := p.processes(l, o, dir, data); err != nil {
		return p, err
	}
	ours, err := open(ctx, filepath.Join(dir, "index"), data)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, ours.index.Close()) }()
	p.disk = float64(ours.index.Summary().Bytes) / 1e6
	if p.open, err = opening(filepath.Join(dir, "index"), ours.embedder); err != nil {
		return p, err
	}
	return p, p.searches(ctx, o, data, ours)
}

// processes measures whole processes.
func (p *growthPoint) processes(l *launcher, o options, dir string, data texts) error {
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
	p.build, p.buildProcessor, p.buildMemory = results[0].median.Seconds, results[0].median.Processor, results[0].worst.Megabytes
	p.cold, p.coldMemory = results[1].median.Seconds, results[1].worst.Megabytes
	p.usingMemory = results[2].worst.Megabytes
	return nil
}

// searches measures queries in this process.
func (p *growthPoint) searches(ctx context.Context, o options, data texts, ours *engine) error {
	vectors, err := ours.embedder.Embed(ctx, data.queries)
	if err != nil {
		return err
	}
	for i, c := range ownContestants(o, data, ours, vectors)[:4] {
		var wall []float64
		for n := range o.rounds + 1 {
			r, err := c.run(ctx, len(data.queries))
			if err != nil {
				return err
			}
			if n > 0 {
				wall = append(wall, r.Wall...)
			}
		}
		*[]*float64{&p.hybrid, &p.whole, &p.lexical, &p.dense}[i] = quantile(wall, 0.5)
	}
	return nil
}

func writeGrowth(path string, points []growthPoint) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	rows := [][]string{growthColumns}
	for _, p := range points {
		var row []string
		for _, value := range p.figures() {
			row = append(row, strconv.FormatFloat(value, 'g', 4, 64))
		}
		row[0] = strconv.Itoa(p.sentences)
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}
