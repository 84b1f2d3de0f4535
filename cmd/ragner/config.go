package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ragner/ragner/internal/config"
)

func newConfig(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings in effect and where each comes from",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	asJSON := false
	show := &cobra.Command{
		Use:   "show",
		Short: "Print every setting with its value and its origin",
		Long: `Print every setting with its value and its origin.

Flags come before RAGNER_* environment variables, these before ragner.yaml (in the working directory, then
in the user's configuration folder under ragner/), this before the defaults.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showConfig(s, cmd.Flags(), asJSON) },
	}
	addTagFlags(show)
	addSettings(show, "embedder.spec", "output.format")
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(show, newConfigExample(s))
	return cmd
}

func showConfig(s streams, flags *pflag.FlagSet, asJSON bool) error {
	_, origins, err := config.Load(flags, config.LoadOptions{})
	if err != nil {
		return usageError{err}
	}
	if asJSON {
		return writeJSON(s.out, origins)
	}
	t := newTable("key", "value", "from", "flag")
	for i, set := range config.Settings() {
		t.AppendRow(table.Row{set.Key, origins[i].Value, origins[i].Source, "--" + set.Flag})
	}
	fmt.Fprintln(s.out, t.Render())
	return nil
}

func newConfigExample(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "example",
		Short:   "Print a ragner.yaml with every setting, its default and what it means",
		Example: "  ragner config example > ragner.yaml",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(s.out, config.Example())
			return err
		},
	}
}
