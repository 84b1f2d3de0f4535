package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// node is a value as it stands in a YAML file.
func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return document.Content[0]
}

func TestResolve(t *testing.T) {
	for _, s := range Settings() {
		for _, name := range []string{s.Key, s.Flag} {
			if key, err := Resolve(name); err != nil || key != s.Key {
				t.Errorf("%s is %s, error %v", name, key, err)
			}
		}
		if Flag(s.Key) != s.Flag {
			t.Errorf("the flag of %s is %s", s.Key, Flag(s.Key))
		}
	}
	for name, says := range map[string]string{
		"retrieval.kk":  "unknown setting retrieval.kk; did you mean retrieval.k?",
		"weigth":        "unknown setting weigth; did you mean weight?",
		"answer_format": "did you mean answer-format?",
		"Mode":          "did you mean mode?",
		"retrieval":     "unknown setting retrieval",
		"":              "unknown setting ",
		"--k":           "unknown setting --k",
		"zzzzzzzzzzzzz": "unknown setting zzzzzzzzzzzzz",
	} {
		if key, err := Resolve(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is %q, error %v; want %s", name, key, err, says)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"retrieval.k", "8", "8"},
		{"retrieval.weight", "1", "1"},
		{"retrieval.weight", ".25", "0.25"},
		{"retrieval.coverage", "false", "false"},
		{"retrieval.seed", "-3", "-3"},
		{"model.timeout", "90s", "1m30s"},
		{"model.keep_alive", "-1m", "-1m0s"},
		{"model.name", "qwen:7b", "qwen:7b"},
		{"model.name", "7", "7"},
		{"tagger", `""`, ""},
		{"prompt.labels", "{SpecificDisease: 'a, b'}", "map[SpecificDisease:a, b]"},
	} {
		x := Defaults()
		if err := x.Set(c.key, node(t, c.value)); err != nil || fmt.Sprint(x.Value(c.key)) != c.want {
			t.Errorf("%s: %s became %v, error %v", c.key, c.value, x.Value(c.key), err)
		}
	}
	for _, c := range []struct{ key, value, says string }{
		{"retrieval.k", "many", "retrieval.k must be a whole number"},
		{"retrieval.k", "1.5", "retrieval.k must be a whole number"},
		{"retrieval.k", "~", "retrieval.k must be a whole number"},
		{"retrieval.k", "[1]", "retrieval.k must be a whole number"},
		{"retrieval.k", "101", "retrieval.k: 101 is not allowed (allowed: 0 to 100)"},
		{"retrieval.weight", ".nan", "NaN is not allowed"},
		{"retrieval.coverage", "perhaps", "retrieval.coverage must be true or false"},
		{"retrieval.mode", "hibrid", `did you mean "hybrid"?`},
		{"model.timeout", "90", "model.timeout must be a time"},
		{"model.timeout", "0s", "allowed: a time above 0"},
		{"prompt.labels", "[a]", "prompt.labels must"},
		{"no.setting", "1", "unknown setting no.setting"},
	} {
		x := Defaults()
		if err := x.Set(c.key, node(t, c.value)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s: error %v, want %s", c.key, c.value, err, c.says)
		}
	}
}

// TestSetSharesNothing: a copy of a Config that is set leaves the original as it was, maps too.
func TestSetSharesNothing(t *testing.T) {
	a := Defaults()
	a.Prompt.Labels = map[string]string{"A": "one"}
	b := a
	if err := b.Set("prompt.labels", node(t, "{B: two}")); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.Prompt.Labels, map[string]string{"A": "one"}) || !reflect.DeepEqual(b.Prompt.Labels, map[string]string{"B": "two"}) {
		t.Errorf("%v and %v", a.Prompt.Labels, b.Prompt.Labels)
	}
}

func TestPut(t *testing.T) {
	x := Defaults()
	for _, s := range Settings() { // every setting takes its own value
		if err := x.Put(Change{s.Key, x.Value(s.Key)}); err != nil {
			t.Errorf("%s: %v", s.Key, err)
		}
	}
	if !reflect.DeepEqual(x, Defaults()) {
		t.Errorf("%+v", x)
	}
	for _, c := range []struct {
		change Change
		says   string
	}{
		{Change{"retrieval.k", 8.0}, "retrieval.k must be a whole number"},
		{Change{"retrieval.k", "8"}, "retrieval.k must be a whole number"},
		{Change{"retrieval.k", nil}, "retrieval.k must be a whole number"},
		{Change{"retrieval.k", -1}, "retrieval.k: -1 is not allowed"},
		{Change{"retrieval.weight", math.NaN()}, "NaN is not allowed"},
		{Change{"model.timeout", 90}, "model.timeout must be a time"},
		{Change{"kk", 1}, "unknown setting kk"},
	} {
		x := Defaults()
		if err := x.Put(c.change); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: error %v, want %s", c.change, err, c.says)
		}
	}
	if x.Value("kk") != nil {
		t.Error("a setting that is none has a value")
	}
}

// TestDecisive: what a result does not depend on is left out, and nothing else.
func TestDecisive(t *testing.T) {
	idle := []string{
		"index", "output.format", "input.max_document_mb", "input.max_depth", "input.max_gzip_ratio", "embedder.url", "embedder.allow_remote", "embedder.api_key_env", "embedder.timeout",
		"embedder.retries", "embedder.backoff", "embedder.patience", "embedder.concurrency", "embedder.batch", "embedder.batch_chars", "embedder.cache", "embedder.cache_mb", "model.url", "model.allow_remote",
		"model.api_key_env", "model.cache", "model.cache_mb", "model.timeout", "model.keep_alive", "model.retries", "model.concurrency", "model.threads",
		"model.timeout_per_token", "model.stall", "model.backoff", "model.retry_share", "model.patience", "model.give_up_after",
	}
	ofModels := []string{"retrieval.share", "retrieval.own"}
	for _, tagger := range []string{"llm", "neighbours", "learned", "cascade"} {
		base := Defaults()
		base.Model.Name, base.Tagger = "m", tagger
		for _, s := range Settings() {
			if s.Key == "tagger" {
				continue
			}
			other := base
			if err := other.Put(Change{s.Key, another(base.Value(s.Key), s)}); err != nil {
				t.Fatal(err)
			}
			section, _, _ := strings.Cut(s.Key, ".")
			asks := tagger == "llm" || tagger == "cascade"
			matters := !slices.Contains(idle, s.Key) && (section != "learn" || tagger == "learned" || tagger == "cascade") && section != "suggest" && (section != "link" || s.Key == "link.enabled") &&
				(section != "cascade" || tagger == "cascade") && (asks || section != "model" && section != "prompt" && !slices.Contains(ofModels, s.Key) || s.Key == "prompt.shots")
			if differs := !reflect.DeepEqual(base.Decisive(), other.Decisive()); differs != matters {
				t.Errorf("tagger %s: %s counts: %v, want %v", tagger, s.Key, differs, matters)
			}
		}
	}
	named, unnamed := Defaults(), Defaults()
	named.Tagger = "neighbours"
	if !reflect.DeepEqual(named.Decisive(), unnamed.Decisive()) {
		t.Error("the default tagger by name is another")
	}
	if before := Defaults(); !reflect.DeepEqual(before, Defaults()) {
		t.Errorf("%+v", before)
	}
}

// another is an allowed value of a setting that is not v.
func another(v any, s Setting) any {
	switch v := v.(type) {
	case string:
		for _, allowed := range s.Allowed {
			if allowed != v {
				return allowed
			}
		}
		return v + "x"
	case int:
		return v + 1
	case float64:
		return (v + 0.5) / 2
	case bool:
		return !v
	case time.Duration:
		return v + time.Second
	}
	return map[string]string{"A": "b"}
}

func TestCompare(t *testing.T) {
	keys := []string{"pool", "prompt.order", "retrieval.terms", "index", "retrieval.k", "another"}
	slices.SortFunc(keys, Compare)
	if got := strings.Join(keys, " "); got != "another pool index retrieval.k retrieval.terms prompt.order" {
		t.Errorf("order %s", got)
	}
}
