// Command bench measures the speed of ragner beside the tools one would otherwise take, all in one run: what
// BENCHMARKS.md reports. scripts/bench.sh runs it. It measures no quality.
//
// All contestants get the same texts, queries and vectors, and take turns in every round, so that what else the
// machine does touches all of them; figures are medians over all rounds. With -growth it measures ragner alone at
// several sizes and draws how time and memory grow.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
)

type options struct {
	binary    string // of ragner
	python    string // interpreter with the modules of requirements.txt; "": no Python peers
	data      string // folder with pool.txt.gz and queries.txt; "": made-up text
	sentences int
	from      int // sentences
	queries   int
	rounds    int
	workers   int
	goPeers   bool
	profile   string
	buildOnly bool
	keep      string // folder to work in and keep; "": a temporary one
	growth    string // where the picture and the table go; "": compare instead
	launch    bool
}

func main() {
	var o options
	flag.StringVar(&o.binary, "ragner", "", "the ragner binary; without it builds and cold starts are not measured")
	flag.StringVar(&o.python, "python", "", "Python with the modules of bench/requirements.txt; without it these peers are not measured")
	flag.StringVar(&o.data, "data", os.Getenv("RAGNER_BENCH_DATA"), "folder with pool.txt.gz and queries.txt (default $RAGNER_BENCH_DATA); made-up text without it")
	flag.IntVar(&o.sentences, "sentences", 25_000, "sentences of the index; beyond the pool's they are altered copies")
	flag.IntVar(&o.from, "from", 0, "the least size of -growth; smaller ones that its table has are drawn")
	flag.IntVar(&o.queries, "queries", 200, "queries a round")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "workers of the throughput measurement")
	flag.BoolVar(&o.goPeers, "peers", true, "measure bleve's MatchQuery and chromem-go too")
	flag.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of the rounds to this file")
	flag.BoolVar(&o.buildOnly, "build", false, "build in this process, stage by stage, and stop; -cpuprofile is of the build then")
	flag.StringVar(&o.keep, "keep", "", "work in this folder and keep it; an index that stands there is not built again")
	flag.StringVar(&o.growth, "growth", "", "measure from 1,000 to -sentences sentences and write NAME.svg and NAME.csv")
	flag.BoolVar(&o.launch, "launch", false, "start processes for another bench; it alone uses this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := start(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, o options) (err error) {
	if o.launch {
		return launch(ctx, os.Stdin, os.Stdout)
	}
	l, err := startLauncher(ctx) // now, while this process is small
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	dir, done, err := workFolder(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	fmt.Println(machine())
	switch {
	case o.growth != "":
		return growth(ctx, l, o, dir)
	case o.buildOnly:
		return profiled(o.profile, func() error { return buildStages(ctx, o, dir) })
	}
	return compare(ctx, l, o, dir)
}

// compare measures one size beside the peers.
func compare(ctx context.Context, l *launcher, o options, dir string) (err error) {
	data, err := load(o)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n", data.describe())
	if err := commands(l, o, dir, data); err != nil {
		return err
	}
	ours, err := open(ctx, filepath.Join(dir, "index"), data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.index.Close()) }()
	if err := reportOpening(filepath.Join(dir, "index"), ours.embedder); err != nil {
		return err
	}
	contestants, done, err := contestants(ctx, o, dir, data, ours)
	defer func() { err = errors.Join(err, done()) }()
	if err != nil {
		return err
	}
	if err := profiled(o.profile, func() error { return compete(ctx, o, len(data.queries), contestants) }); err != nil {
		return err
	}
	fmt.Printf("\nload average at the end: %s\n", loadAverage())
	return nil
}

// workFolder makes the folder to work in; done removes a temporary one.
func workFolder(keep string) (dir string, done func() error, err error) {
	if keep != "" {
		return keep, nothing, os.MkdirAll(keep, 0o700)
	}
	dir, err = os.MkdirTemp("", "ragner-bench-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}
