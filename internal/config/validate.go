package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Validate reports every value that cannot be, each with its key, the value and what is allowed.
func (c Config) Validate() error {
	var problems []error
	for _, s := range settings {
		if err := s.check(c.field(s.Key)); err != nil {
			problems = append(problems, err)
		}
	}
	problems = append(problems, c.checkEmbedder(), c.checkTogether())
	return errors.Join(problems...)
}

func (s Setting) check(field any) error {
	switch v := field.(type) {
	case *string:
		if s.Allowed != nil && !slices.Contains(s.Allowed, *v) {
			return fmt.Errorf("%s: %q is not allowed%s (allowed: %s)", s.Key, *v, suggestion(*v, s.Allowed), quoteEmpty(s.Allowed))
		}
	case *int:
		if s.Key != "retrieval.seed" {
			return s.checkNumber(float64(*v), fmt.Sprint(*v))
		}
	case *float64:
		return s.checkNumber(*v, fmt.Sprint(*v))
	case *time.Duration:
		if s.Least > 0 && *v <= 0 {
			return fmt.Errorf("%s: %v is not allowed (allowed: a time above 0, such as 90s or 2m)", s.Key, *v)
		}
	}
	return nil
}

func (s Setting) checkNumber(v float64, shown string) error {
	switch {
	case v >= s.Least && (s.Most == 0 || v <= s.Most): // NaN is neither
		return nil
	case s.Most == 0:
		return fmt.Errorf("%s: %s is not allowed (allowed: %v or more)", s.Key, shown, s.Least)
	}
	return fmt.Errorf("%s: %s is not allowed (allowed: %v to %v)", s.Key, shown, s.Least, s.Most)
}

func (c Config) checkEmbedder() error {
	kind, model, _ := strings.Cut(c.Embedder.Spec, ":")
	if c.Embedder.Spec == "static" || c.Embedder.Spec == "none" || (kind == "ollama" || kind == "openai") && model != "" {
		return nil
	}
	return fmt.Errorf("embedder.spec: %q is not allowed (allowed: static, none, ollama:MODEL, openai:MODEL)", c.Embedder.Spec)
}

// checkTogether finds values that are each allowed, but not together.
func (c Config) checkTogether() error {
	var problems []error
	if (c.Tagger == "llm" || c.Tagger == "cascade") && c.Model.Name == "" {
		problems = append(problems, fmt.Errorf("model.name: it is empty, but tagger is %s (name a model, or set tagger to learned or neighbours)", c.Tagger))
	}
	if c.Prompt.MaxTokens >= c.Model.Context {
		problems = append(problems, fmt.Errorf("prompt.max_tokens: %d is not allowed (allowed: less than model.context, %d)", c.Prompt.MaxTokens, c.Model.Context))
	}
	if p := c.Prompt; p.Together > 1 && (p.Format != "json" || p.Context > 0 || p.Passages > 0) {
		problems = append(problems, fmt.Errorf("prompt.together: %d is not allowed (allowed: 1, or more with prompt.format json and without prompt.context and prompt.passages)", p.Together))
	}
	if r := c.Retrieval; r.MostWords > 0 && r.MostWords < r.LeastWords {
		problems = append(problems, fmt.Errorf("retrieval.most_words: %d is not allowed (allowed: 0, or at least retrieval.least_words, %d)", r.MostWords, r.LeastWords))
	}
	for name := range strings.SplitSeq(c.Link.Vocabularies, ",") {
		if c.Link.Vocabularies != "" && strings.TrimSpace(name) == "" {
			problems = append(problems, fmt.Errorf("link.vocabularies: %q is not allowed (allowed: names with a comma between two, as in MESH,OMIM)", c.Link.Vocabularies))
			break
		}
	}
	return errors.Join(problems...)
}

func suggestion(value string, allowed []string) string {
	if near := nearest(value, allowed); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

func quoteEmpty(values []string) string {
	shown := slices.Clone(values)
	for i, v := range shown {
		if v == "" {
			shown[i] = `""`
		}
	}
	return strings.Join(shown, ", ")
}
