package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
)

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "ragner",
		Short: "Find entities in text with a local language model and an index of annotated examples",
		Long: `ragner finds entities in text with a local language model. For each sentence it shows the model the most
similar annotated sentences and the ontology terms the sentence contains, from an index built beforehand.
Without a model the index alone tags. Text never leaves the machine unless you say so.

Begin with: ragner demo`,
		SilenceUsage: true,

		SuggestionsMinimumDistance: 2,
		SilenceErrors:              true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	cobra.AddTemplateFunc("flagHelp", flagHelp)
	root.SetUsageTemplate(usageTemplate)
	addGroups(root)
	grouped(root, groupBuild, newIndex(s), newInspect(s), newSearch(s), newPrompt(s))
	grouped(root, groupUse, newTag(s), newEval(s), newAblate(s), newTune(s), newCalibrate(s), newSuggest(s), newScore(s), newConvert(s))
	grouped(root, groupOther, newDemo(s), newDoctor(s), newCache(s), newConfig(s), newVersion(s))
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return usagef("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
		}
		return usagef("unknown command %q", args[0])
	}
	root.Args = cobra.ArbitraryArgs
	return root
}

// serverSettings say how the embedding server is asked for a query's vector.
var serverSettings = []string{
	"embedder.url", "embedder.allow_remote", "embedder.api_key_env", "embedder.timeout", "embedder.retries",
	"embedder.backoff", "embedder.patience", "embedder.concurrency",
}

// addTagFlags registers the flags of everything that bears on tagging.
func addTagFlags(cmd *cobra.Command) {
	addSettings(cmd, "cascade.budget")
	addTuningFlags(cmd)
}

// addTuningFlags is addTagFlags for tune, whose own budget is of calls.
func addTuningFlags(cmd *cobra.Command) {
	addSettings(cmd, "index", "tagger", "threshold", "cascade.ask", "cascade.examples", "link.", "retrieval.", "model.", "prompt.", "input.")
	addSettings(cmd, serverSettings...)
}

// loadConfig reads the configuration with the command's flags.
func loadConfig(cmd *cobra.Command) (config.Config, error) {
	c, _, err := config.Load(cmd.Flags(), config.LoadOptions{})
	if err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// openEngine opens the index that the configuration names and warns of what its user should know.
func openEngine(cmd *cobra.Command, s streams, c config.Config) (*ragner.Engine, error) {
	if c.Index == "" {
		return nil, usagef("%s wants -i DIR, the folder of an index", cmd.CommandPath())
	}
	e, err := ragner.Open(cmd.Context(), c.Index, c)
	if err != nil {
		return nil, noIndex(c.Index, err)
	}
	sayWarnings(s, e.Warnings())
	return e, nil
}

// openTagger opens the engine and asks the model server of a cascade who its model is.
func openTagger(cmd *cobra.Command, s streams, c config.Config) (*ragner.Engine, error) {
	e, err := openEngine(cmd, s, c)
	if err != nil {
		return nil, err
	}
	said := len(e.Warnings())
	if err := e.Settle(cmd.Context()); err != nil {
		release(e)
		return nil, err
	}
	sayWarnings(s, e.Warnings()[said:])
	return e, nil
}

// sayOnce says a warning that any of several engines may give.
func sayOnce(s streams) func(list []string) {
	var said sync.Map
	return func(list []string) {
		for _, warning := range list {
			if _, again := said.LoadOrStore(warning, true); !again {
				sayWarnings(s, []string{warning})
			}
		}
	}
}

func sayWarnings(s streams, list []string) {
	for _, warning := range list {
		fmt.Fprintln(s.err, "ragner: warning:", warning)
	}
}

// noIndex says what to do where there is no index at all.
func noIndex(dir string, err error) error {
	info, statErr := os.Stat(dir)
	switch {
	case statErr == nil && !info.IsDir():
		return fmt.Errorf("%s is a file, not the folder of an index", dir)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no index in %s; build one: ragner index -o %s --corpus PATH", dir, dir)
	}
	return err
}

func openEmbedder(ctx context.Context, s streams, c config.Config, name string) (embed.Embedder, error) {
	e, err := ragner.NewEmbedder(ctx, name, c)
	if err != nil {
		return nil, fmt.Errorf("embedder %s: %w", name, err)
	}
	sayWarnings(s, ragner.EmbedderElsewhere(name, c))
	return e, nil
}
