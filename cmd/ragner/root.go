package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newIndex(s), newInspect(s), newSearch(s), newPrompt(s), newTag(s), newEval(s), newScore(s), newConvert(s),
		newDoctor(s), newDemo(s), newConfig(s), newVersion(s),
	)
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("unknown command %q", args[0])
		}
		return cmd.Help()
	}
	root.Args = cobra.ArbitraryArgs
	return root
}

// addTagFlags registers the flags of everything that bears on tagging.
func addTagFlags(f *pflag.FlagSet) {
	config.AddFlags(f, "index", "tagger", "threshold", "retrieval.", "embedder.url", "embedder.allow_remote", "embedder.api_key_env", "model.", "prompt.")
}

// loadConfig reads the configuration with the command's flags.
func loadConfig(cmd *cobra.Command) (config.Config, error) {
	c, _, err := config.Load(cmd.Flags(), config.LoadOptions{})
	if err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// openEngine opens the index that the configuration names and says on standard error which tagger works.
func openEngine(cmd *cobra.Command, s streams) (*ragner.Engine, config.Config, error) {
	c, err := loadConfig(cmd)
	if err != nil {
		return nil, c, err
	}
	if c.Index == "" {
		return nil, c, usagef("%s wants -i DIR, the folder of an index", cmd.CommandPath())
	}
	e, err := ragner.Open(cmd.Context(), c.Index, c)
	if err != nil {
		return nil, c, err
	}
	for _, warning := range e.Warnings() {
		fmt.Fprintln(s.err, "ragner: warning:", warning)
	}
	return e, c, nil
}

func openEmbedder(ctx context.Context, c config.Config, name string) (embed.Embedder, error) {
	e, err := ragner.NewEmbedder(ctx, name, c)
	if err != nil {
		return nil, fmt.Errorf("embedder %s: %w", name, err)
	}
	return e, nil
}
