package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// fileName is the configuration's name in the working directory; in the user's folder it lies in ragner/.
const fileName = "ragner.yaml"

// file is a configuration file's settings with their lines.
type file struct {
	path   string
	values map[string]any // by key
	lines  map[string]int
}

// find reads the first file there is. No file at all is no error, unless the user named one.
func find(o LoadOptions) (*file, error) {
	if o.File != "" {
		return readFile(o.File)
	}
	places := []string{filepath.Join(o.Dir, fileName)}
	userDir := o.UserDir
	if userDir == "" {
		userDir, _ = os.UserConfigDir() // no home folder: no file there
	}
	if userDir != "" {
		places = append(places, filepath.Join(userDir, "ragner", fileName))
	}
	for _, place := range places {
		f, err := readFile(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return f, err
	}
	return &file{}, nil
}

// maxFile is the most bytes of a configuration file: all settings with their comments are a hundredth of it.
const maxFile = 1 << 20

func readFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("read %s: a configuration has at most %d KiB", path, maxFile>>10)
	}
	return parseFile(path, data)
}

func parseFile(path string, data []byte) (*file, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err) // names the line
	}
	if err := CheckTree(&document); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	f := &file{path: path, values: map[string]any{}, lines: map[string]int{}}
	if len(document.Content) == 0 {
		return f, nil
	}
	return f, f.take("", document.Content[0])
}

// take reads the keys of a mapping, whose own key is prefix with a dot behind, or "" at the top.
func (f *file) take(prefix string, node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return nil // a section with nothing in it
	}
	if node.Kind != yaml.MappingNode {
		return f.problem(node, "%s must hold keys and values", strings.TrimSuffix(prefix, "."))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if err := f.takeKey(prefix+name.Value, name, value); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) takeKey(key string, name, value *yaml.Node) error {
	if line, twice := f.lines[key]; twice {
		return f.problem(name, "%s stands already in line %d", key, line)
	}
	f.lines[key] = name.Line
	if _, known := settingByKey(key); known {
		return f.takeValue(key, value)
	}
	if isSection(key) {
		return f.take(key+".", value)
	}
	if near := nearest(key, allKeys()); near != "" {
		return f.problem(name, "unknown key %s; did you mean %s?", key, near)
	}
	return f.problem(name, "unknown key %s (known: %s)", key, strings.Join(siblings(key), ", "))
}

// takeValue decodes a value as the type of its setting.
func (f *file) takeValue(key string, node *yaml.Node) error {
	target := reflect.New(typeOf(key))
	if node.Tag == "!!null" {
		return nil // a key without a value leaves the default
	}
	if err := decode(node, target.Interface()); err != nil {
		return f.problem(node, "%s must be %s", key, typeName(key))
	}
	f.values[key] = target.Elem().Interface()
	return nil
}

func (f *file) problem(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("read %s: line %d: %s", f.path, node.Line, fmt.Sprintf(format, args...))
}

// typeOf is the type of a setting's value.
func typeOf(key string) reflect.Type {
	var c Config
	return reflect.TypeOf(c.field(key)).Elem()
}

func typeName(key string) string {
	switch reflect.New(typeOf(key)).Interface().(type) {
	case *int:
		return "a whole number"
	case *float64:
		return "a number"
	case *bool:
		return "true or false"
	case *time.Duration:
		return "a time, such as 90s or 2m"
	case *map[string]string:
		return "a list of LABEL: description"
	}
	return "text"
}

func isSection(key string) bool {
	return slices.ContainsFunc(settings, func(s Setting) bool { return strings.HasPrefix(s.Key, key+".") })
}

// allKeys are the keys of all settings and sections.
func allKeys() []string {
	var keys []string
	for _, s := range settings {
		if section, _, nested := strings.Cut(s.Key, "."); nested && !slices.Contains(keys, section) {
			keys = append(keys, section)
		}
		keys = append(keys, s.Key)
	}
	return keys
}

// siblings are the names that may stand where key stands.
func siblings(key string) []string {
	section := key[:strings.LastIndex(key, ".")+1]
	var names []string
	for _, k := range allKeys() {
		if rest, ok := strings.CutPrefix(k, section); ok && !strings.Contains(rest, ".") {
			names = append(names, rest)
		}
	}
	return names
}
