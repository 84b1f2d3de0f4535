package ablation

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ragner/ragner/internal/config"
)

// Grid is what to compare, as its file says. A row sets settings over those of the whole grid; what vary lists is
// crossed, with each row where there are some.
type Grid struct {
	Name          string
	About         string
	Reference     string // name of the row that the others are tested against; "": the first
	RetrievalOnly bool
	Set           []assignment
	Rows          []gridRow
	Vary          []variation

	path string
}

type gridRow struct {
	name string
	set  []assignment
	line int
}

// assignment is one setting with its value. Its key is that of config, or poolKey or pickKey.
type assignment struct {
	key   string
	value *yaml.Node
}

// variation is a setting with the values that it takes in turn.
type variation struct {
	key    string
	values []*yaml.Node
}

// poolKey is the size of the annotated pool, in sentences; 0 or "all" is the whole index. It is no setting of a tagger.
const poolKey = "pool"

// fixedKeys are settings that cannot differ between rows.
var fixedKeys = map[string]string{
	"index":         "all rows use the index of -i; pool takes a part of it",
	"output.format": "rows are scored, not written",
	"model.cache":   "all rows share one cache of answers: --cache",
}

// maxGrid is the most bytes of a grid's file.
const maxGrid = 1 << 20

// ParseGrid reads a grid; path is for its errors, which name the line.
func ParseGrid(r io.Reader, path string) (Grid, error) {
	var document, second yaml.Node
	limited := &io.LimitedReader{R: r, N: maxGrid + 1}
	d := yaml.NewDecoder(limited)
	err := d.Decode(&document)
	if limited.N == 0 {
		return Grid{}, fmt.Errorf("read %s: a grid has at most %d KiB", path, maxGrid>>10)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return Grid{}, fmt.Errorf("read %s: %w", path, err) // names the line
	}
	if err := config.CheckTree(&document); err != nil {
		return Grid{}, fmt.Errorf("read %s: %w", path, err)
	}
	g := Grid{path: path}
	if err := d.Decode(&second); err == nil {
		return g, g.problem(&second, "a second document begins; a grid is one")
	}
	if len(document.Content) == 0 {
		return g, fmt.Errorf("read %s: it is empty; it needs rows or vary", path)
	}
	if err := g.read(document.Content[0]); err != nil {
		return g, err
	}
	if len(g.Rows) == 0 && len(g.Vary) == 0 {
		return g, g.problem(document.Content[0], "there is nothing to compare: it needs rows or vary")
	}
	return g, nil
}

func (g *Grid) read(node *yaml.Node) error {
	readers := map[string]func(*yaml.Node) error{
		"name":           func(v *yaml.Node) error { return v.Decode(&g.Name) },
		"about":          func(v *yaml.Node) error { return v.Decode(&g.About) },
		"reference":      func(v *yaml.Node) error { return v.Decode(&g.Reference) },
		"retrieval_only": func(v *yaml.Node) error { return v.Decode(&g.RetrievalOnly) },
		"set":            func(v *yaml.Node) (err error) { g.Set, err = g.assignments(v); return err },
		"rows":           g.readRows,
		"vary":           g.readVary,
	}
	known := []string{"name", "about", "reference", "retrieval_only", "set", "rows", "vary"}
	return g.each(node, func(key, value *yaml.Node) error {
		read, ok := readers[key.Value]
		if !ok {
			return g.problem(key, "unknown key %s (known: %s)", key.Value, strings.Join(known, ", "))
		}
		err := read(value)
		var typed *yaml.TypeError
		if errors.As(err, &typed) {
			return g.problem(value, "%s has a value of another kind than it can", key.Value)
		}
		return err
	})
}

// each calls use with the keys and values of a mapping; a key that stands twice is an error.
func (g *Grid) each(node *yaml.Node, use func(key, value *yaml.Node) error) error {
	if node.Kind != yaml.MappingNode {
		return g.problem(node, "keys and values must stand here")
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if line, twice := seen[key.Value]; twice {
			return g.problem(key, "%s stands already in line %d", key.Value, line)
		}
		seen[key.Value] = key.Line
		if err := use(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (g *Grid) readRows(node *yaml.Node) error {
	if node.Kind != yaml.SequenceNode {
		return g.problem(node, "rows must be a list, each with a name and set")
	}
	for _, item := range node.Content {
		row := gridRow{line: item.Line}
		err := g.each(item, func(key, value *yaml.Node) (err error) {
			switch key.Value {
			case "name":
				row.name = value.Value
			case "set":
				row.set, err = g.assignments(value)
			default:
				return g.problem(key, "unknown key %s (known: name, set)", key.Value)
			}
			return err
		})
		if err != nil {
			return err
		}
		if row.name == "" {
			return g.problem(item, "the row has no name")
		}
		g.Rows = append(g.Rows, row)
	}
	return nil
}

func (g *Grid) readVary(node *yaml.Node) error {
	return g.each(node, func(name, value *yaml.Node) error {
		key, err := g.key(name)
		if err != nil {
			return err
		}
		if value.Kind != yaml.SequenceNode || len(value.Content) == 0 {
			return g.problem(value, "%s must be a list of values", name.Value)
		}
		g.Vary = append(g.Vary, variation{key, value.Content})
		return nil
	})
}

func (g *Grid) assignments(node *yaml.Node) (list []assignment, err error) {
	err = g.each(node, func(name, value *yaml.Node) error {
		key, err := g.key(name)
		list = append(list, assignment{key, value})
		return err
	})
	return list, err
}

// key is the setting that a name means.
func (g *Grid) key(name *yaml.Node) (string, error) {
	if name.Value == poolKey || name.Value == pickKey {
		return name.Value, nil
	}
	// "pool" is the size of the annotated pool here, so the setting of that flag needs its whole key.
	key, err := config.Resolve(name.Value)
	if err != nil {
		return "", g.problem(name, "%v", err)
	}
	if why, fixed := fixedKeys[key]; fixed {
		return "", g.problem(name, "%s cannot differ between rows: %s", name.Value, why)
	}
	return key, nil
}

func (g *Grid) problem(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("read %s: line %d: %s", g.path, node.Line, fmt.Sprintf(format, args...))
}

// poolSize reads the value of poolKey.
func (g *Grid) poolSize(node *yaml.Node) (int, error) {
	if node.Value == "all" {
		return 0, nil
	}
	n, err := strconv.Atoi(node.Value)
	if err != nil || n < 0 {
		return 0, g.problem(node, "pool must be a number of annotated sentences, or all")
	}
	return n, nil
}

// combinations are all ways to take one value of each variation, the last one varying fastest.
func combinations(vary []variation) [][]assignment {
	all := [][]assignment{nil}
	for _, v := range vary {
		var next [][]assignment
		for _, before := range all {
			for _, value := range v.values {
				next = append(next, append(slices.Clone(before), assignment{v.key, value}))
			}
		}
		all = next
	}
	return all
}
