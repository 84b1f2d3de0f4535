package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// What a file of settings may have at most: decoding takes the square of a list's length and of the number of aliases.
const (
	maxAliases  = 100
	maxChildren = 10_000
)

// CheckTree refuses a parsed YAML file that is made to take for ever; its error begins with the line.
func CheckTree(root *yaml.Node) error {
	aliases := 0
	for open := []*yaml.Node{root}; len(open) > 0; {
		node := open[len(open)-1]
		open = append(open[:len(open)-1], node.Content...)
		if node.Kind == yaml.AliasNode {
			aliases++
		}
		switch {
		case aliases > maxAliases:
			return fmt.Errorf("line %d: it has more than %d aliases", node.Line, maxAliases)
		case len(node.Content) > maxChildren:
			return fmt.Errorf("line %d: a list or mapping has more than %d entries", node.Line, maxChildren)
		}
	}
	return nil
}
