package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/jsonl" // registers the format
	"github.com/ragner/ragner/corpora/sample"
)

// commands measures whole processes: a build, a cold tag of one sentence, the memory of each. It leaves the
// index in dir/index.
func commands(ctx context.Context, o options, dir string, data texts) error {
	if o.binary == "" {
		return nil
	}
	if err := sample.WriteTo(dir); err != nil {
		return err
	}
	corpus := filepath.Join(dir, "corpus.jsonl")
	if err := writeCorpus(corpus, data); err != nil {
		return err
	}
	build := []string{
		"index", "-o", filepath.Join(dir, "index"), "--corpus", corpus, "--embedder", "static",
		"--ontology", filepath.Join(dir, sample.OntologyFile) + ",label=" + sample.Label,
	}
	one := []string{"tag", "-i", filepath.Join(dir, "index"), "--tagger", "neighbours", "-f", "jsonl", "-"}
	fmt.Printf("%-34s %9s %9s %12s\n", "command", "median s", "worst s", "peak MB")
	for _, c := range []struct {
		name  string
		times int
		input string
		args  []string
	}{
		{"ragner index", min(3, o.rounds), "", build},
		{"ragner tag, one sentence, cold", 4 * o.rounds, data.queries[0], one},
		{"ragner tag, all queries", o.rounds, strings.Join(data.queries, "\n"), one},
		{"ragner version (the process alone)", 4 * o.rounds, "", []string{"version"}},
	} {
		if err := measure(ctx, o, c.name, c.times, c.input, c.args); err != nil {
			return err
		}
	}
	fmt.Println()
	return nil
}

func measure(ctx context.Context, o options, name string, times int, input string, args []string) error {
	var seconds, megabytes []float64
	for range times {
		cmd := exec.CommandContext(ctx, o.binary, args...)
		cmd.Stdin = strings.NewReader(input)
		var stderr strings.Builder
		cmd.Stdout, cmd.Stderr = io.Discard, &stderr
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("ragner %s: %w: %s", args[0], err, stderr.String())
		}
		seconds = append(seconds, time.Since(start).Seconds())
		megabytes = append(megabytes, peakMemory(cmd.ProcessState)/1e6)
	}
	fmt.Printf("%-34s %9.3f %9.3f %12.0f\n", name, quantile(seconds, 0.5), quantile(seconds, 1), quantile(megabytes, 1))
	return nil
}

func writeCorpus(path string, data texts) (err error) {
	format, ok := corpora.FormatByName("jsonl")
	if !ok {
		return errors.New("the format jsonl is not registered")
	}
	w, err := corpora.Create(path, format, corpora.WriteOptions{})
	if err != nil {
		return err
	}
	for doc := range data.documents() {
		if err := w.Write(doc); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}
