package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// LoadOptions say where the file is looked for. The zero value is right for the program.
type LoadOptions struct {
	File    string // this file and no other; it must exist
	Dir     string // "": the working directory
	UserDir string // "": the user's configuration folder, as the system has it
}

// Origin is where a setting's value came from: "default", "file.yaml:12", "RAGNER_RETRIEVAL_K" or "--k".
type Origin struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// Provenance lists the origin of every setting, in the order of Settings.
type Provenance []Origin

// Source is where the value of key came from, or "".
func (p Provenance) Source(key string) string {
	for _, o := range p {
		if o.Key == key {
			return o.Source
		}
	}
	return ""
}

// Load gathers the settings: flags that AddFlags defined and the user gave, over environment, over file, over
// defaults. flags may be nil. The result is valid, or the error says what is not.
func Load(flags *pflag.FlagSet, o LoadOptions) (Config, Provenance, error) {
	if flags == nil {
		flags = pflag.NewFlagSet("", pflag.ContinueOnError)
	}
	f, err := find(o)
	if err != nil {
		return Config{}, nil, err
	}
	l := loader{viper: viper.New(), flags: byKey(flags), file: f}
	for _, s := range settings {
		if err := l.take(s); err != nil {
			return Config{}, nil, err
		}
	}
	var c Config
	if err := l.viper.Unmarshal(&c); err != nil {
		return Config{}, nil, fmt.Errorf("configuration: %w", err)
	}
	if c.Prompt.Labels, err = l.labels(); err != nil {
		return Config{}, nil, err
	}
	if err := l.validate(c); err != nil {
		return Config{}, nil, err
	}
	return c, l.provenance(c), nil
}

// validate reports what Validate does, and for each value where it was set.
func (l loader) validate(c Config) error {
	var problems []error
	for _, s := range settings {
		err := s.check(c.field(s.Key))
		if source := l.source(s); err != nil && source != "default" {
			err = fmt.Errorf("%s: %w", source, err)
		}
		problems = append(problems, err)
	}
	err := c.checkEmbedder()
	if s, _ := settingByKey("embedder.spec"); err != nil && l.source(s) != "default" {
		err = fmt.Errorf("%s: %w", l.source(s), err)
	}
	return errors.Join(append(problems, err, c.checkTogether())...)
}

// loader holds the four sources. viper decides which wins.
type loader struct {
	viper *viper.Viper
	flags map[string]*pflag.Flag
	file  *file
}

// byKey finds the flags of settings by their annotation.
func byKey(flags *pflag.FlagSet) map[string]*pflag.Flag {
	found := map[string]*pflag.Flag{}
	flags.VisitAll(func(f *pflag.Flag) {
		if key := f.Annotations[annotation]; len(key) == 1 {
			found[key[0]] = f
		}
	})
	return found
}

// take hands the sources of one setting to viper. A variable of the environment is read here as its type, because
// viper would not say which one is wrong.
func (l loader) take(s Setting) error {
	if s.Key == labelsKey {
		return nil
	}
	defaults := Defaults()
	l.viper.SetDefault(s.Key, reflect.ValueOf(defaults.field(s.Key)).Elem().Interface())
	if value, set := l.file.values[s.Key]; set {
		if err := l.viper.MergeConfigMap(nested(s.Key, value)); err != nil {
			return fmt.Errorf("read %s: %w", l.file.path, err)
		}
	}
	if text := os.Getenv(s.Env()); text != "" {
		value := reflect.New(typeOf(s.Key))
		if err := decodeText(text, value.Interface()); err != nil {
			return fmt.Errorf("%s: %q must be %s", s.Env(), text, typeName(s.Key))
		}
		// Merged after the file, below the flags.
		if err := l.viper.MergeConfigMap(nested(s.Key, value.Elem().Interface())); err != nil {
			return fmt.Errorf("%s: %w", s.Env(), err)
		}
	}
	if flag := l.flags[s.Key]; flag != nil {
		return l.viper.BindPFlag(s.Key, flag)
	}
	return nil
}

// decodeText reads text as a value of target's type.
func decodeText(text string, target any) error {
	if s, ok := target.(*string); ok {
		*s = text
		return nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	if len(document.Content) == 0 {
		return errors.New("no value")
	}
	return decode(document.Content[0], target)
}

// decode reads a node as a value of target's type. A time needs its unit, since yaml would take 90 for 90 nanoseconds; and
// a whole number must be one, since yaml would take 1.5 for 1.
func decode(node *yaml.Node, target any) (err error) {
	switch t := target.(type) {
	case *time.Duration:
		*t, err = time.ParseDuration(node.Value)
		return err
	case *int:
		if node.ShortTag() == "!!float" {
			return errors.New("it is no whole number")
		}
	}
	return node.Decode(target)
}

// nested is {"a": {"b": value}} for the key "a.b".
func nested(key string, value any) map[string]any {
	if section, rest, ok := strings.Cut(key, "."); ok {
		return map[string]any{section: nested(rest, value)}
	}
	return map[string]any{key: value}
}

// labels come from one source, as every other setting does: a flag replaces those of the file.
func (l loader) labels() (map[string]string, error) {
	s, _ := settingByKey(labelsKey)
	if flag := l.flags[labelsKey]; flag != nil && flag.Changed {
		return parseLabels(flag)
	}
	if text := os.Getenv(s.Env()); text != "" {
		labels := map[string]string{}
		if err := decodeText(text, &labels); err != nil {
			return nil, fmt.Errorf("%s must be {LABEL: description, …}", s.Env())
		}
		return labels, nil
	}
	labels, _ := l.file.values[labelsKey].(map[string]string)
	return labels, nil
}

func parseLabels(flag *pflag.Flag) (map[string]string, error) {
	values, ok := flag.Value.(pflag.SliceValue)
	if !ok {
		return nil, fmt.Errorf("--%s is not a list", flag.Name)
	}
	labels := map[string]string{}
	for _, value := range values.GetSlice() {
		label, description, ok := strings.Cut(value, "=")
		if !ok || label == "" {
			return nil, fmt.Errorf("--%s %q is not LABEL=DESCRIPTION", flag.Name, value)
		}
		labels[label] = description
	}
	return labels, nil
}

// provenance tells for every setting which source won.
func (l loader) provenance(c Config) Provenance {
	all := make(Provenance, 0, len(settings))
	for _, s := range settings {
		value := reflect.ValueOf(c.field(s.Key)).Elem().Interface()
		all = append(all, Origin{Key: s.Key, Value: value, Source: l.source(s)})
	}
	return all
}

func (l loader) source(s Setting) string {
	if flag := l.flags[s.Key]; flag != nil && flag.Changed {
		return "--" + flag.Name
	}
	if os.Getenv(s.Env()) != "" {
		return s.Env()
	}
	if _, set := l.file.values[s.Key]; set {
		return fmt.Sprintf("%s:%d", l.file.path, l.file.lines[s.Key])
	}
	return "default"
}
