package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Change is a new value of a setting.
type Change struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// Update writes changes into the configuration file at path, which need not exist yet. What else the file holds stays,
// comments too. note becomes the comment of a new file, a line each. The file is replaced in one step.
func Update(path, note string, changes []Change) error {
	if _, err := readFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // not to be made worse
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("configuration: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if len(document.Content) == 0 {
		document = yaml.Node{Kind: yaml.DocumentNode, HeadComment: note, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	for _, c := range changes {
		if err := change(document.Content[0], strings.Split(c.Key, "."), c.Value); err != nil {
			return fmt.Errorf("write %s: %s: %w", path, c.Key, err)
		}
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(&document), e.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return replace(path, out.Bytes())
}

// change sets the value below a mapping, making the sections on the way.
func change(mapping *yaml.Node, key []string, value any) error {
	if mapping.Kind != yaml.MappingNode { // an empty section
		*mapping = yaml.Node{Kind: yaml.MappingNode}
	}
	at := child(mapping, key[0])
	if len(key) > 1 {
		return change(at, key[1:], value)
	}
	if d, ok := value.(time.Duration); ok {
		value = d.String()
	}
	comments := [...]string{at.HeadComment, at.LineComment, at.FootComment}
	if err := at.Encode(reflect.ValueOf(value).Interface()); err != nil {
		return err
	}
	at.HeadComment, at.LineComment, at.FootComment = comments[0], comments[1], comments[2]
	return nil
}

// child is the value of a key, made when there is none.
func child(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	value := &yaml.Node{Kind: yaml.MappingNode}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
	return value
}

func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ragner-*.yaml")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // does nothing once it is renamed
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
