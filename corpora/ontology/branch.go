package ontology

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// branches gives the test for terms at or below the roots, along is_a parents. A MeSH tree number is a root
// too, "C04" or a whole category "C"; the tree then decides, for a MeSH descriptor stands at several places
// and its children below one of them need not be below another.
func (b *builder) branches() (func(*draft) bool, error) {
	if len(b.o.roots) == 0 {
		return func(*draft) bool { return true }, nil
	}
	children := b.children()
	below := map[*draft]bool{}
	for _, root := range b.o.roots {
		found := b.underTree(root)
		if d := b.find(root); d != nil {
			found = []*draft{d}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("root=%s is no term of it", root)
		}
		for len(found) > 0 {
			d := found[len(found)-1]
			found = found[:len(found)-1]
			if !below[d] {
				below[d] = true
				if len(d.trees) == 0 || b.byID[root] != nil {
					found = append(found, children[d.ID]...)
				}
			}
		}
	}
	return func(d *draft) bool { return below[d] }, nil
}

func (b *builder) children() map[string][]*draft {
	children := map[string][]*draft{}
	for _, d := range b.order {
		for _, p := range d.Parents {
			children[p] = append(children[p], d)
		}
	}
	return children
}

// find looks a root up by its id, a former id or its IRI.
func (b *builder) find(root string) *draft {
	for _, id := range []string{root, compact(root)} {
		if d, ok := b.byID[id]; ok {
			return d
		}
	}
	for _, d := range b.order {
		if slices.Contains(d.alt, root) {
			return d
		}
	}
	return nil
}

func (b *builder) underTree(root string) (found []*draft) {
	for _, d := range b.order {
		for _, tree := range d.trees {
			if tree == root || strings.HasPrefix(tree, root+".") || len(root) == 1 && strings.HasPrefix(tree, root) {
				found = append(found, d)
				break
			}
		}
	}
	return found
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
