package main

import "strings"

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
