package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// several are the flags that take any number of values: "--corpus a b c".
var several = map[string]bool{"--corpus": true, "--ontology": true, "--passages": true}

// repeatFlags rewrites "--corpus a b" to "--corpus a --corpus b", since the flag library knows one value a flag.
func repeatFlags(args []string) []string {
	if len(args) == 0 || args[0] != "index" {
		return args
	}
	var out []string
	open, values := "", 0
	for i, arg := range args {
		switch {
		case arg == "--":
			return append(out, args[i:]...)
		case several[arg]:
			open, values = arg, 0
			continue
		case strings.HasPrefix(arg, "-") && arg != "-":
			open = ""
		case open != "":
			out = append(out, open)
			values++
		}
		out = append(out, arg)
	}
	if open != "" && values == 0 {
		out = append(out, open) // without a value: let the flag library say so
	}
	return out
}

// noArgs refuses arguments, with the exit code of wrong usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// exactArgs wants so many arguments, named for the message.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s wants %s, but got %d arguments", cmd.CommandPath(), strings.Join(names, " and "), len(args))
		}
		return nil
	}
}

// flagError says in words which value a flag wants.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return usageError{err}
	}
	f := invalid.GetFlag()
	wants := map[string]string{"int": "a whole number", "float64": "a number", "bool": "true or false", "duration": "a time such as 90s or 2m"}[f.Value.Type()]
	if wants == "" {
		return usageError{err}
	}
	return usagef("--%s wants %s, but got %q", f.Name, wants, invalid.GetValue())
}
