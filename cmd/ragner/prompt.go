package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newPrompt(s streams) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "prompt -i DIR TEXT",
		Short: "Show the exact messages that tag would send, and their token count; no model is called",
		Long: `Show the exact messages that tag would send, one prompt a sentence, and their token count. No model is called.

TEXT is given as arguments; - or nothing reads standard input.`,
		Example: `  ragner prompt -i idx "a family with cystic fibrosis"
  ragner prompt -i idx --model qwen2.5:7b --shots none --answer-format json "a family with cystic fibrosis"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := textArgument(cmd.Context(), s, args)
			if err != nil {
				return err
			}
			return showPrompt(cmd, s, text, asJSON)
		},
	}
	addTagFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func showPrompt(cmd *cobra.Command, s streams, text string, asJSON bool) error {
	c, err := loadConfig(cmd)
	if err != nil {
		return err
	}
	e, err := openEngine(cmd, s, c)
	if err != nil {
		return err
	}
	defer release(e)
	prompts, err := e.Prompts(cmd.Context(), text)
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for _, p := range prompts {
		list = append(list, map[string]any{
			"messages": p.Prompt.Messages, "tokens": p.Prompt.Tokens, "max_tokens": p.Prompt.MaxTokens,
			"stop": p.Prompt.Stop, "schema": p.Prompt.Schema, "dropped_demonstrations": p.Prompt.Dropped,
		})
		if asJSON {
			continue
		}
		for _, m := range p.Prompt.Messages {
			fmt.Fprintf(s.out, "[%s]\n%s\n\n", m.Role, m.Content)
		}
		fmt.Fprintf(s.err, "about %d tokens, answer at most %d; %d demonstrations shown, %d dropped\n",
			p.Prompt.Tokens, p.Prompt.MaxTokens, len(p.Prompt.Shown), p.Prompt.Dropped)
	}
	if asJSON {
		return writeJSON(s.out, map[string]any{"prompts": list})
	}
	return nil
}
