package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/ragner/ragner/internal/llm"
)

func newCache(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Show or remove the file that keeps a model's answers",
		Long: `Show or remove the file that keeps a model's answers (--cache, model.cache). FILE is that of the settings where it is
not given; ablate keeps its own, DIR/answers.db. Keys are digests of model and request; the answers hold names found in texts.`,
		Example: `  ragner cache info answers.db
  ragner cache clear answers.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCacheInfo(s), newCacheClear(s))
	return cmd
}

func newCacheInfo(s streams) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "info [FILE]",
		Short: "Show how many answers the file holds",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := cacheFile(cmd, args)
			if err != nil {
				return err
			}
			info, err := llm.InspectCache(path)
			if err != nil {
				return noCache(path, err)
			}
			if asJSON {
				return writeJSON(s.out, info)
			}
			fmt.Fprintf(s.out, "%s: %s of %s, in a file of %s\n", path, plural(info.Answers, "answer"), bytesText(info.Bytes), bytesText(info.FileBytes))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newCacheClear(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "clear [FILE]",
		Short: "Remove the file",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := cacheFile(cmd, args)
			if err != nil {
				return err
			}
			info, err := llm.ClearCache(path)
			if err != nil {
				return noCache(path, err)
			}
			fmt.Fprintf(s.err, "ragner: %s removed with %s\n", path, plural(info.Answers, "answer"))
			return nil
		},
	}
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("%s takes one FILE, but got %d", cmd.CommandPath(), len(args))
	}
	return nil
}

// cacheFile is the file that is named, or that of the settings.
func cacheFile(cmd *cobra.Command, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	c, err := loadConfig(cmd)
	if err != nil {
		return "", err
	}
	if c.Model.Cache == "" {
		return "", usagef("%s wants FILE, or model.cache in the settings", cmd.CommandPath())
	}
	return c.Model.Cache, nil
}

func noCache(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no answer cache %s", path)
	}
	return err
}
