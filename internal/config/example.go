package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Example is a ragner.yaml with every key, its default and what it means; all keys are commented out.
func Example() string {
	var b strings.Builder
	defaults := Defaults()
	section := ""
	for _, s := range settings {
		name, indent := s.Key, ""
		if head, rest, nested := strings.Cut(s.Key, "."); nested {
			name, indent = rest, "  "
			if head != section {
				section = head
				fmt.Fprintf(&b, "\n%s:\n", head)
			}
		}
		fmt.Fprintf(&b, "%s# %s", indent, s.Usage)
		if len(s.Allowed) > 0 {
			fmt.Fprintf(&b, " (%s)", quoteEmpty(s.Allowed))
		}
		fmt.Fprintf(&b, "\n%s# %s: %s\n", indent, name, exampleValue(&defaults, s.Key))
	}
	return b.String()
}

func exampleValue(defaults *Config, key string) string {
	switch v := reflect.ValueOf(defaults.field(key)).Elem().Interface().(type) {
	case string:
		if v == "" {
			return `""`
		}
		return v
	case map[string]string:
		return "{}"
	default:
		return fmt.Sprint(v)
	}
}
