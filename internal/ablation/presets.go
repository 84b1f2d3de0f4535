package ablation

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Presets are the names of the built-in grids, in order.
func Presets() []string {
	files, err := fs.Glob(presets, "presets/*.yaml")
	if err != nil {
		panic(err) // a wrong pattern
	}
	var list []string
	for _, f := range files {
		list = append(list, strings.TrimSuffix(path.Base(f), ".yaml"))
	}
	return list
}

// Preset is the text of a built-in grid; ok is false when there is none of that name.
func Preset(name string) (text []byte, ok bool) {
	text, err := presets.ReadFile("presets/" + name + ".yaml")
	return text, err == nil
}

// ParsePreset reads a built-in grid.
func ParsePreset(name string) (Grid, error) {
	text, _ := Preset(name)
	return ParseGrid(bytes.NewReader(text), "preset "+name)
}
