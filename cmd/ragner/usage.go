package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ragner/ragner/internal/config"
)

// The groups of commands in the help.
const (
	groupBuild = "build"
	groupUse   = "use"
	groupOther = "other"
)

func addGroups(root *cobra.Command) {
	cobra.EnableCommandSorting = false // the order of use, not of the alphabet
	root.AddGroup(
		&cobra.Group{ID: groupBuild, Title: "Build and look:"},
		&cobra.Group{ID: groupUse, Title: "Tag and measure:"},
		&cobra.Group{ID: groupOther, Title: "Help and set-up:"},
	)
	root.SetHelpCommandGroupID(groupOther)
	root.SetCompletionCommandGroupID(groupOther)
}

// grouped adds commands to a group.
func grouped(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// addSettings defines the flags of settings, and completes those that have few values.
func addSettings(cmd *cobra.Command, keys ...string) {
	config.AddFlags(cmd.Flags(), keys...)
	for _, s := range config.Settings() {
		f := cmd.Flags().Lookup(s.Flag)
		if len(s.Allowed) == 0 || f == nil || config.Key(f) != s.Key {
			continue
		}
		if _, found := cmd.GetFlagCompletionFunc(s.Flag); !found {
			_ = cmd.RegisterFlagCompletionFunc(s.Flag, cobra.FixedCompletions(s.Allowed, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// sections are the flags of the help, by the section of the setting they set.
var sections = []struct{ key, title string }{
	{"", "Flags"}, {"cascade", "Cascade"}, {"learn", "Learning"}, {"suggest", "Suggestions"}, {"link", "Concepts"}, {"retrieval", "Retrieval"}, {"embedder", "Embedder"}, {"model", "Model"}, {"prompt", "Prompt"},
}

// placeholders say what a flag of a setting takes, where its type does not.
var placeholders = map[string]string{
	"index": "DIR", "embedder.spec": "NAME", "embedder.url": "URL", "embedder.api_key_env": "VARIABLE",
	"model.url": "URL", "model.name": "NAME", "model.api_key_env": "VARIABLE", "model.cache": "FILE",
	"prompt.labels": "LABEL=TEXT", "output.format": "FORMAT",
}

// flagHelp lists a command's flags in sections.
func flagHelp(cmd *cobra.Command) string {
	var b strings.Builder
	for _, section := range sections {
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if sectionOf(f) == section.key {
				flags.AddFlag(described(f))
			}
		})
		if flags.HasAvailableFlags() {
			b.WriteString("\n" + section.title + ":\n" + flags.FlagUsagesWrapped(110))
		}
	}
	return b.String()
}

func sectionOf(f *pflag.Flag) string {
	section, _, nested := strings.Cut(config.Key(f), ".")
	if !nested || section == "output" {
		return ""
	}
	return section
}

// described is a copy of a setting's flag that names what it takes.
func described(f *pflag.Flag) *pflag.Flag {
	key := config.Key(f)
	name := placeholders[key]
	if name == "" {
		name = map[string]string{"int": "N", "float64": "X", "duration": "TIME", "string": "NAME"}[f.Value.Type()]
	}
	if key == "" || name == "" {
		return f
	}
	shown := *f
	shown.Value = named{f.Value, name}
	return &shown
}

// named is a value whose type the help shows by another name.
type named struct {
	pflag.Value
	name string
}

// Type is what the help shows behind the flag.
func (n named) Type() string { return n.name }

// usageTemplate is cobra's with the flags in sections.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .Groups}}

Commands:{{end}}{{range $cmds}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{flagHelp .}}{{if .HasAvailableSubCommands}}
"{{.CommandPath}} COMMAND --help" tells more of a command.{{end}}
`
