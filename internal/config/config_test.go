package config

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load reads text as ./ragner.yaml of an empty world.
func load(t *testing.T, text string, args ...string) (Config, Provenance, error) {
	t.Helper()
	dir := t.TempDir()
	if text != "" {
		write(t, filepath.Join(dir, "ragner.yaml"), text)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	AddFlags(flags, "index", "tagger", "threshold", "embedder.", "retrieval.", "model.", "prompt.", "output.")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(flags, LoadOptions{Dir: dir, UserDir: filepath.Join(dir, "user")})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNothingSetGivesDefaults(t *testing.T) {
	for _, text := range []string{"", "# empty\n", "retrieval:\n", "retrieval:\n  k:\n"} {
		c, origins, err := load(t, text)
		if err != nil || !reflect.DeepEqual(c, Defaults()) {
			t.Errorf("%q: %+v, error %v", text, c, err)
		}
		for _, o := range origins {
			if o.Source != "default" {
				t.Errorf("%q: %s is from %s", text, o.Key, o.Source)
			}
		}
	}
	if c, _, err := Load(nil, LoadOptions{Dir: t.TempDir(), UserDir: t.TempDir()}); err != nil || c.Retrieval.K != 5 {
		t.Errorf("without flags: %+v, error %v", c, err)
	}
}

func TestPrecedence(t *testing.T) {
	const text = "retrieval:\n  k: 3\n  terms: 4\n  weight: 0.25\nmodel: {name: from-file, timeout: 90s, allow_remote: true}\n"
	t.Setenv("RAGNER_RETRIEVAL_TERMS", "6")
	t.Setenv("RAGNER_RETRIEVAL_WEIGHT", "0.75")
	t.Setenv("RAGNER_RETRIEVAL_COVERAGE", "false")
	t.Setenv("RAGNER_MODEL_KEEP_ALIVE", "-1m")
	t.Setenv("RAGNER_RETRIEVAL_MODE", "") // empty counts as not set
	c, origins, err := load(t, text, "--weight=1", "--balance", "-f", "brat")
	if err != nil {
		t.Fatal(err)
	}
	r, m := c.Retrieval, c.Model
	if r.K != 3 || r.Terms != 6 || r.Weight != 1 || r.Coverage || !r.Balance || r.Mode != "hybrid" {
		t.Errorf("%+v", r)
	}
	if m.Name != "from-file" || m.Timeout != 90*time.Second || !m.AllowRemote || m.KeepAlive != -time.Minute || c.Output.Format != "brat" {
		t.Errorf("%+v", c)
	}
	for key, want := range map[string]string{
		"retrieval.k": "ragner.yaml:2", "retrieval.terms": "RAGNER_RETRIEVAL_TERMS", "retrieval.weight": "--weight",
		"retrieval.mode": "default", "model.name": "ragner.yaml:5", "output.format": "--format",
	} {
		if got := origins.Source(key); !strings.HasSuffix(got, want) {
			t.Errorf("%s is from %q, want %q", key, got, want)
		}
	}
}

// viper lower-cases keys; labels are the user's own words.
func TestLabelsKeepTheirCase(t *testing.T) {
	const text = "prompt:\n  labels:\n    SpecificDisease: a named disease, with all its words\n    DISEASE.x: dotted\n"
	want := map[string]string{"SpecificDisease": "a named disease, with all its words", "DISEASE.x": "dotted"}
	c, _, err := load(t, text)
	if err != nil || !reflect.DeepEqual(c.Prompt.Labels, want) {
		t.Errorf("file: %v, error %v", c.Prompt.Labels, err)
	}
	c, origins, err := load(t, text, "--label", "A=one, two", "--label", "B=x=y")
	if err != nil || !reflect.DeepEqual(c.Prompt.Labels, map[string]string{"A": "one, two", "B": "x=y"}) || origins.Source(labelsKey) != "--label" {
		t.Errorf("flags: %v, error %v", c.Prompt.Labels, err)
	}
	t.Setenv("RAGNER_PROMPT_LABELS", "{Sign: 'seen, not felt'}")
	c, _, err = load(t, text)
	if err != nil || !reflect.DeepEqual(c.Prompt.Labels, map[string]string{"Sign": "seen, not felt"}) {
		t.Errorf("environment: %v, error %v", c.Prompt.Labels, err)
	}
}

func TestBadFiles(t *testing.T) {
	for text, says := range map[string]string{
		"index: x\nretreival:\n  k: 3\n":               "ragner.yaml: line 2: unknown key retreival; did you mean retrieval?",
		"retrieval:\n  kk: 3\n":                        "line 2: unknown key retrieval.kk; did you mean retrieval.k?",
		"retrieval:\n  near_duplicates: 1\n":           "did you mean retrieval.near_duplicate?",
		"zzzzzzzzzzzz: 1\n":                            "line 1: unknown key zzzzzzzzzzzz (known: index, tagger, threshold, cascade, learn, suggest, link, embedder,",
		"retrieval:\n  k: many\n":                      "line 2: retrieval.k must be a whole number",
		"retrieval:\n  coverage: perhaps\n":            "line 2: retrieval.coverage must be true or false",
		"model:\n  timeout: 90\n":                      "line 2: model.timeout must be a time, such as 90s or 2m",
		"model:\n  timeout: [1]\n":                     "model.timeout must be a time",
		"model: qwen\n":                                "line 1: model must hold keys and values",
		"- a\n":                                        "line 1:",
		"index: a\nindex: b\n":                         "line 2: index stands already in line 1",
		"index: [a\n":                                  "line 1",
		"prompt:\n  labels: [a]\n":                     "prompt.labels must be a list of LABEL: description",
		"retrieval:\n  mode: hybird\n":                 `retrieval.mode: "hybird" is not allowed; did you mean "hybrid"? (allowed: hybrid, dense, lexical, random, none)`,
		"retrieval: {weight: 1.5}\n":                   "retrieval.weight: 1.5 is not allowed (allowed: 0 to 1)",
		"retrieval: {weight: .nan}\n":                  "retrieval.weight: NaN is not allowed",
		"retrieval: {least_words: 9, most_words: 8}\n": "retrieval.most_words: 8 is not allowed (allowed: 0, or at least retrieval.least_words, 9)",
		"retrieval: {cover: letters}\n":                `retrieval.cover: "letters" is not allowed`,
		"model: {timeout: -1s}\n":                      "model.timeout: -1s is not allowed (allowed: a time above 0",
		"model: {context: 10}\n":                       "model.context: 10 is not allowed (allowed: 256 or more)",
		"embedder: {spec: glove}\n":                    `embedder.spec: "glove" is not allowed (allowed: static`,
		"tagger: llm\n":                                "model.name: it is empty, but tagger is llm",
		"prompt: {max_tokens: 5000}\n":                 "prompt.max_tokens: 5000 is not allowed (allowed: less than model.context, 4096)",
	} {
		_, _, err := load(t, text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want %q", text, err, says)
		}
	}
}

func TestAllProblemsAreReported(t *testing.T) {
	_, _, err := load(t, "retrieval: {k: -1, weight: 2}\n", "--mode", "x")
	if err == nil || strings.Count(err.Error(), "is not allowed") != 3 {
		t.Errorf("error %v", err)
	}
}

func TestBadEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"RAGNER_RETRIEVAL_K": "five", "RAGNER_MODEL_TIMEOUT": "90", "RAGNER_PROMPT_SHOW_TERMS": "maybe", "RAGNER_PROMPT_LABELS": "Sign",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			if _, _, err := load(t, ""); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v", err)
			}
		})
	}
	if _, _, err := load(t, "", "--label", "nothing"); err == nil || !strings.Contains(err.Error(), "LABEL=DESCRIPTION") {
		t.Errorf("error %v", err)
	}
}

func TestWhichFileIsRead(t *testing.T) {
	dir, user := t.TempDir(), t.TempDir()
	named := filepath.Join(dir, "other.yaml")
	write(t, named, "index: named\n")
	write(t, filepath.Join(user, "ragner", "ragner.yaml"), "index: user\n")
	index := func(o LoadOptions) string {
		o.Dir, o.UserDir = dir, user
		c, _, err := Load(nil, o)
		if err != nil {
			t.Fatal(err)
		}
		return c.Index
	}
	if got := index(LoadOptions{}); got != "user" {
		t.Errorf("read %q", got)
	}
	write(t, filepath.Join(dir, "ragner.yaml"), "index: here\n")
	if got := index(LoadOptions{}); got != "here" {
		t.Errorf("read %q", got)
	}
	if got := index(LoadOptions{File: named}); got != "named" {
		t.Errorf("read %q", got)
	}
	if _, _, err := Load(nil, LoadOptions{File: filepath.Join(dir, "none.yaml")}); err == nil {
		t.Error("a missing file that was named passed")
	}
}

// A command's own flag may have the name of a setting's flag that it does not offer.
func TestForeignFlagsAreLeftAlone(t *testing.T) {
	flags := pflag.NewFlagSet("index", pflag.ContinueOnError)
	flags.StringArray("passages", nil, "")
	if err := flags.Parse([]string{"--passages", "texts/"}); err != nil {
		t.Fatal(err)
	}
	c, _, err := Load(flags, LoadOptions{Dir: t.TempDir(), UserDir: t.TempDir()})
	if err != nil || c.Prompt.Passages != 0 {
		t.Errorf("%+v, error %v", c.Prompt, err)
	}
}

func TestKeysComeFromTheEnvironment(t *testing.T) {
	t.Setenv("MY_KEY", "sk-hunter2")
	c, origins, err := load(t, "model: {api_key_env: MY_KEY}\n")
	if err != nil || c.Model.Key() != "sk-hunter2" || c.Embedder.Key() != "" {
		t.Errorf("key %q, error %v", c.Model.Key(), err)
	}
	for _, o := range origins {
		if o.Value == "sk-hunter2" {
			t.Errorf("%s shows the key", o.Key)
		}
	}
}

// Every key of Settings has a field, and every field a key.
func TestSettingsAreWhole(t *testing.T) {
	var c Config
	seen := map[any]bool{}
	for _, s := range Settings() {
		field := c.field(s.Key)
		if field == nil || seen[field] || s.Usage == "" || s.Flag == "" {
			t.Errorf("setting %+v", s)
		}
		seen[field] = true
	}
	var count func(reflect.Type) int
	count = func(typ reflect.Type) (n int) {
		for i := range typ.NumField() {
			if f := typ.Field(i).Type; f.Kind() == reflect.Struct {
				n += count(f)
			} else {
				n++
			}
		}
		return n
	}
	if fields := count(reflect.TypeFor[Config]()); fields != len(Settings()) {
		t.Errorf("%d fields, %d settings", fields, len(Settings()))
	}
}

// The example is golden, and reads back as the defaults once its comments are opened.
func TestExample(t *testing.T) {
	golden := filepath.Join("testdata", "example.yaml")
	if *update {
		write(t, golden, Example())
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != Example() {
		t.Errorf("%s differs (-update rewrites it), error %v", golden, err)
	}
	opened := regexp.MustCompile(`(?m)^( *)# (\w+: .*)$`).ReplaceAllString(Example(), "$1$2")
	c, _, err := load(t, opened)
	c.Prompt.Labels = nil
	if err != nil || !reflect.DeepEqual(c, Defaults()) {
		t.Errorf("%+v, error %v", c, err)
	}
}

func FuzzFile(f *testing.F) {
	f.Add("retrieval:\n  k: 3\n")
	f.Add("a: &x [*x]\n")
	f.Add("? {a: b}\n: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "ragner.yaml")
		write(t, path, text)
		c, _, err := Load(nil, LoadOptions{File: path})
		if err == nil && c.Validate() != nil {
			t.Error("an invalid configuration was loaded")
		}
	})
}
