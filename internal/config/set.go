package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Resolve is the key of the setting that name means: its key in ragner.yaml or its flag without dashes.
func Resolve(name string) (key string, err error) {
	var known []string
	for _, s := range settings {
		if s.Key == name || s.Flag == name {
			return s.Key, nil
		}
		known = append(known, s.Key, s.Flag)
	}
	if near := nearest(name, known); near != "" {
		return "", fmt.Errorf("unknown setting %s; did you mean %s?", name, near)
	}
	return "", fmt.Errorf("unknown setting %s", name)
}

// Set gives the setting of a key a value that is written in YAML.
func (c *Config) Set(key string, value *yaml.Node) error {
	target := c.field(key)
	if target == nil {
		return fmt.Errorf("unknown setting %s", key)
	}
	read := reflect.New(reflect.TypeOf(target).Elem()) // not over the old value: a map would be shared
	if err := decode(value, read.Interface()); err != nil || value.Tag == "!!null" {
		return fmt.Errorf("%s must be %s", key, typeName(key))
	}
	reflect.ValueOf(target).Elem().Set(read.Elem())
	s, _ := settingByKey(key)
	return s.check(target)
}

// Put gives a setting a value of its own type.
func (c *Config) Put(change Change) error {
	target := c.field(change.Key)
	if target == nil {
		return fmt.Errorf("unknown setting %s", change.Key)
	}
	field, value := reflect.ValueOf(target).Elem(), reflect.ValueOf(change.Value)
	if !value.IsValid() || value.Type() != field.Type() {
		return fmt.Errorf("%s must be %s", change.Key, typeName(change.Key))
	}
	field.Set(value)
	s, _ := settingByKey(change.Key)
	return s.check(target)
}

// Value is the value of the setting of a key, or nil.
func (c Config) Value(key string) any {
	target := c.field(key)
	if target == nil {
		return nil
	}
	return reflect.ValueOf(target).Elem().Interface()
}

// Decisive is the settings without those that results do not depend on: addresses, patience, the cache, the output.
func (c Config) Decisive() Config {
	m := &c.Model
	m.URL, m.AllowRemote, m.APIKeyEnv, m.Cache = "", false, "", ""
	m.Timeout, m.KeepAlive, m.Retries, m.Concurrency, m.Threads, m.CacheMB = 0, 0, 0, 0, 0, 0
	m.PerToken, m.Stall, m.Backoff, m.RetryShare, m.Patience, m.GiveUpAfter = 0, 0, 0, 0, 0, 0
	c.Tagger = c.TaggerName()
	if c.Tagger != "cascade" {
		c.Cascade = Cascade{}
	}
	if !c.UsesModel() {
		c.Model, c.Prompt = Model{}, Prompt{Shots: c.Prompt.Shots}
		c.Retrieval.Share, c.Retrieval.Own = 0, 0
	}
	if !c.UsesLearned() {
		c.Learn = Learn{}
	}
	c.Suggest = Suggest{} // what it chooses for a row stands in the row's index
	if !c.Link.Enabled {
		c.Link = Link{}
	}
	c.Index, c.Input, c.Output, c.Embedder = "", Input{}, Output{}, Embedder{Spec: c.Embedder.Spec}
	return c
}

// Flag is the flag of a key's setting, without dashes.
func Flag(key string) string {
	s, _ := settingByKey(key)
	return s.Flag
}

// Compare orders keys as Settings has them.
func Compare(a, b string) int {
	place := func(key string) int {
		return slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	}
	if d := place(a) - place(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
