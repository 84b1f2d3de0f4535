package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ragner/ragner/corpora"
	_ "github.com/ragner/ragner/corpora/jsonl" // registers the format
	"github.com/ragner/ragner/corpora/sample"
)

// command is a whole process to measure.
type command struct {
	name  string
	times int
	job   job
}

// commands measures whole processes: a build, cold searches and tags, the memory of each. It leaves the index in
// dir/index.
func commands(l *launcher, o options, dir string, data texts) error {
	if o.binary == "" {
		return nil
	}
	list, err := allCommands(o, dir, data)
	if err != nil {
		return err
	}
	fmt.Printf("%-38s %9s %9s %9s %9s\n", "command", "median s", "worst s", "CPU s", "peak MB")
	for _, c := range list {
		u, err := measure(l, c)
		if err != nil {
			return err
		}
		fmt.Printf("%-38s %9.3f %9.3f %9.3f %9.0f\n", c.name, u.median.Seconds, u.worst.Seconds, u.median.Processor, u.worst.Megabytes)
	}
	fmt.Println()
	return nil
}

// allCommands leaves out the build where -keep kept an index.
func allCommands(o options, dir string, data texts) ([]command, error) {
	use := useCommands(o, dir, data)
	if _, err := os.Stat(filepath.Join(dir, "index")); err == nil {
		return use, nil
	}
	build, err := buildCommand(o, dir, data)
	return append([]command{build}, use...), err
}

// buildCommand writes what an index is built from, and is the command that builds it.
func buildCommand(o options, dir string, data texts) (command, error) {
	corpus := filepath.Join(dir, "corpus.jsonl")
	if err := errors.Join(sample.WriteTo(dir), writeCorpus(corpus, data)); err != nil {
		return command{}, err
	}
	args := []string{
		"index", "--learn=false", "-o", filepath.Join(dir, "index"), "--corpus", corpus, "--embedder", "static",
		"--ontology", filepath.Join(dir, sample.OntologyFile) + ",label=" + sample.Label,
	}
	return command{"ragner index", min(3, o.rounds), job{o.binary, args, ""}}, nil
}

func useCommands(o options, dir string, data texts) []command {
	index := filepath.Join(dir, "index")
	tag := []string{"tag", "-i", index, "--tagger", "neighbours", "-f", "jsonl", "-"}
	all := strings.Join(data.queries, "\n\n")
	return []command{
		{"ragner search, one sentence, cold", 4 * o.rounds, job{o.binary, []string{"search", "-i", index, data.queries[0]}, ""}},
		{"ragner tag, one sentence, cold", 4 * o.rounds, job{o.binary, tag, data.queries[0]}},
		{"ragner tag, all queries", o.rounds, job{o.binary, tag, all}},
		{"ragner version (the process alone)", 4 * o.rounds, job{o.binary, []string{"version"}, ""}},
	}
}

// usages sum up the runs of a command, each figure by itself.
type usages struct{ median, worst usage }

func measure(l *launcher, c command) (sum usages, err error) {
	var seconds, processor, megabytes []float64
	for range c.times {
		u, err := l.run(c.job)
		if err != nil {
			return sum, err
		}
		seconds, processor, megabytes = append(seconds, u.Seconds), append(processor, u.Processor), append(megabytes, u.Megabytes)
	}
	at := func(q float64) usage {
		return usage{Seconds: quantile(seconds, q), Processor: quantile(processor, q), Megabytes: quantile(megabytes, q)}
	}
	return usages{at(0.5), at(1)}, nil
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
