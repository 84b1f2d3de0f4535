// Command bench measures the speed of ragner beside the tools one would otherwise take, all in one run: what
// BENCHMARKS.md reports. scripts/bench.sh runs it. It measures no quality.
//
// All contestants get the same texts, queries and vectors, and take turns in every round, so that what else the
// machine does touches all of them; figures are medians over all rounds.
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
	"runtime/pprof"
	"strings"
)

type options struct {
	binary    string // of ragner
	python    string // interpreter with bm25s, numba, faiss and numpy; "": no Python peers
	data      string // folder with pool.txt.gz and queries.txt; "": made-up text
	sentences int
	queries   int
	rounds    int
	workers   int
	goPeers   bool
	profile   string
}

func main() {
	var o options
	flag.StringVar(&o.binary, "ragner", "", "the ragner binary; without it builds and cold starts are not measured")
	flag.StringVar(&o.python, "python", "", "Python with bm25s, numba, faiss-cpu and numpy; without it these peers are not measured")
	flag.StringVar(&o.data, "data", os.Getenv("RAGNER_BENCH_DATA"), "folder with pool.txt.gz and queries.txt (default $RAGNER_BENCH_DATA); made-up text without it")
	flag.IntVar(&o.sentences, "sentences", 25_000, "sentences of the index")
	flag.IntVar(&o.queries, "queries", 200, "queries a round")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "workers of the throughput measurement")
	flag.BoolVar(&o.goPeers, "peers", true, "measure bleve's MatchQuery and chromem-go too")
	flag.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of the rounds to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "ragner-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	data, err := load(o)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n%s\n\n", machine(), data.describe())
	if err := commands(ctx, o, dir, data); err != nil {
		return err
	}
	ours, err := open(ctx, filepath.Join(dir, "index"), data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.index.Close()) }()
	contestants, done, err := contestants(ctx, o, dir, data, ours)
	defer func() { err = errors.Join(err, done()) }()
	if err != nil {
		return err
	}
	if err := profiled(o.profile, func() error { return compete(ctx, o, data, contestants) }); err != nil {
		return err
	}
	fmt.Printf("\nload average at the end: %s\n", loadAverage())
	return nil
}

// profiled runs f under the CPU profiler where a path is given.
func profiled(path string, f func() error) error {
	if path == "" {
		return f()
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// machine says on what the figures were measured.
func machine() string {
	return fmt.Sprintf("%s/%s, %s, %d processors, %s, load average %s",
		runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.GOMAXPROCS(0), processor(), loadAverage())
}

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

func loadAverage() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(load))[:3], " ")
}
