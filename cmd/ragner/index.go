package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/ontology"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
)

// indexArgs are the flags of ragner index.
type indexArgs struct {
	out                           string
	corpora, ontologies, passages []string
	add, asJSON                   bool
	workers                       int
	learnAsked                    bool // by a flag, so that one that cannot be learned is told
}

func newIndex(s streams) *cobra.Command {
	var a indexArgs
	cmd := &cobra.Command{
		Use:   "index -o DIR --corpus PATH… [--ontology PATH…] [--passages PATH…]",
		Short: "Build an index from annotated corpora, ontologies and unlabelled text",
		Long: `Build an index from annotated corpora, ontologies and unlabelled text.

A PATH is a file or folder, .gz too, with options after commas that cannot be seen from its name:
` + specHelp() + `
The new index takes the old one's place in one step; a build that is stopped leaves the old one as it was. Vectors that an embedding
server had given it are not asked for again (--embedder-cache).`,
		Example: `  ragner index -o idx --corpus train.PubTator,label=Disease --ontology doid.obo,label=Disease
  ragner index -o idx --add --corpus new-notes.jsonl`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(cmd)
			if err != nil {
				return err
			}
			a.learnAsked = c.Learn.Enabled && cmd.Flags().Changed("learn")
			return buildIndex(cmd.Context(), s, a, c)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&a.out, "out", "o", "", "folder of the index, `DIR`")
	f.StringArrayVar(&a.corpora, "corpus", nil, "`PATH`s of annotated documents")
	f.StringArrayVar(&a.ontologies, "ontology", nil, "`PATH`s of terms: OBO, OBO-Graph JSON, OWL, SKOS, CSV or TSV")
	f.StringArrayVar(&a.passages, "passages", nil, "`PATH`s of unlabelled documents, to be shown as passages")
	f.BoolVar(&a.add, "add", false, "keep what the index holds and add to it")
	f.BoolVar(&a.asJSON, "json", false, "print what was built as JSON")
	f.IntVar(&a.workers, "workers", 0, "parallel `N`; 0: as many as processors")
	addSettings(cmd, "embedder.", "learn.", "input.")
	return cmd
}

func specHelp() string {
	text := ""
	for _, line := range corpora.SpecHelp() {
		text += "  " + line + "\n"
	}
	return text
}

func buildIndex(ctx context.Context, s streams, a indexArgs, c config.Config) error {
	if a.out == "" {
		return usagef("index wants -o DIR")
	}
	if len(a.corpora)+len(a.ontologies)+len(a.passages) == 0 {
		return usagef("index wants at least one --corpus, --ontology or --passages")
	}
	if a.workers < 0 {
		return usagef("--workers wants 0 or more, but got %d", a.workers)
	}
	embedder, err := openEmbedder(ctx, s, c, c.Embedder.Spec)
	if err != nil {
		return err
	}
	in, sources, err := indexInput(s, a, c.Input)
	if err != nil {
		return err
	}
	bar := newProgress(s.err)
	started := time.Now()
	report, err := index.Build(ctx, a.out, in, index.Options{
		Embedder: embedder, EmbedderID: c.Embedder.Spec, Cache: index.CacheMode(c.Embedder.Cache), CacheBytes: int64(c.Embedder.CacheMB) << 20,
		Workers: a.workers, Version: programVersion(), Add: a.add, Learn: ragner.NewLearner(c), Progress: bar.Show,
	})
	bar.Finish()
	if a.add && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no index in %s to add to; build it first, without --add", a.out)
	}
	if err != nil {
		return err
	}
	for _, warning := range report.Warnings {
		fmt.Fprintln(s.err, "ragner: warning:", warning)
	}
	if report.Unlearned != "" && a.learnAsked {
		fmt.Fprintln(s.err, "ragner: warning: no tagger was learned:", report.Unlearned)
	}
	if n := len(report.Replaced); n > 0 {
		fmt.Fprintf(s.err, "ragner: %d documents or terms of the index are replaced: %s\n", n, someOf(report.Replaced, 5))
	}
	if err := sayBuilt(s, a, report, time.Since(started)); err != nil {
		return err
	}
	return partial(sources.failed)
}

func sayBuilt(s streams, a indexArgs, r index.Report, took time.Duration) error {
	if a.asJSON {
		return writeJSON(s.out, map[string]any{
			"index": a.out, "generation": r.Generation, "counts": r.Counts, "warnings": r.Warnings,
			"failed": len(r.Failed), "replaced": r.Replaced, "recalled": r.Recalled, "seconds": took.Seconds(),
		})
	}
	c := r.Counts
	if r.Recalled > 0 {
		fmt.Fprintf(s.err, "%s came from %s, not from the server\n", plural(r.Recalled, "vector"), filepath.Join(a.out, index.CacheName))
	}
	fmt.Fprintf(s.err, "built %s: %s, %s, %s, %s with %s in %.1f s (%.0f sentences/s)\n",
		a.out, plural(c.Documents, "document"), plural(c.DistinctSentences, "distinct sentence"), plural(c.Entities, "mention"), plural(c.Terms, "term"), plural(c.Names, "name"), took.Seconds(), float64(c.Sentences+c.Passages)/took.Seconds())
	return nil
}

// indexInput opens all sources before the build begins, so that a missing file is said at once.
func indexInput(s streams, a indexArgs, c config.Input) (index.Input, *input, error) {
	var in index.Input
	noted := &input{err: s.err}
	for _, group := range []struct {
		paths []string
		into  *[]index.Corpus
	}{{a.corpora, &in.Corpora}, {a.passages, &in.Passages}} {
		list, err := documentSpecs(group.paths, "", c)
		if err != nil {
			return in, nil, err
		}
		for _, spec := range list {
			one := &input{err: s.err, specs: []corpora.Spec{spec}}
			opened, err := one.open()
			if err != nil {
				return in, nil, err
			}
			docs := distinct(s.err, spec.Path, noted.documents(opened))
			if group.into == &in.Corpora {
				docs = annotated(s.err, spec.Path, docs)
			}
			*group.into = append(*group.into, index.Corpus{Spec: spec, Documents: docs, SHA256: opened[0].SHA256})
		}
	}
	list, err := specs(a.ontologies, "", c)
	if err != nil {
		return in, nil, err
	}
	for _, spec := range list {
		terms, report, err := ontology.Read(spec)
		if err != nil {
			return in, nil, err
		}
		sayOntology(s, spec, report)
		in.Ontologies = append(in.Ontologies, index.Ontology{Spec: spec, Terms: terms, SHA256: report.SHA256})
	}
	return in, noted, nil
}

func sayOntology(s streams, spec corpora.Spec, r ontology.Report) {
	fmt.Fprintf(s.err, "ragner: %s: %d terms, %d names (%s); left out: %d obsolete, %d without name\n",
		spec.Path, r.Terms, r.Names, r.Format, r.Obsolete, r.Unnamed)
}
