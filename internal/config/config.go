// Package config gathers ragner's settings from flags, RAGNER_* environment variables, ragner.yaml and defaults, in
// that order of precedence, into one validated struct. It opens nothing that a setting names.
package config

import (
	"os"
	"time"
)

// Config holds every setting. Its yaml keys are those of Settings, which say what each means.
type Config struct {
	Index     string    `mapstructure:"index"`
	Tagger    string    `mapstructure:"tagger"`
	Threshold float64   `mapstructure:"threshold"`
	Cascade   Cascade   `mapstructure:"cascade"`
	Learn     Learn     `mapstructure:"learn"`
	Suggest   Suggest   `mapstructure:"suggest"`
	Link      Link      `mapstructure:"link"`
	Embedder  Embedder  `mapstructure:"embedder"`
	Retrieval Retrieval `mapstructure:"retrieval"`
	Model     Model     `mapstructure:"model"`
	Prompt    Prompt    `mapstructure:"prompt"`
	Input     Input     `mapstructure:"input"`
	Output    Output    `mapstructure:"output"`
}

// Cascade says when the learned tagger asks the model, and what.
type Cascade struct {
	Budget   float64 `mapstructure:"budget"`
	Ask      string  `mapstructure:"ask"`
	Examples int     `mapstructure:"examples"`
}

// Learn says how a tagger is learned when an index is built.
type Learn struct {
	Enabled    bool    `mapstructure:"enabled"`
	Least      int     `mapstructure:"least"`
	L2         float64 `mapstructure:"l2"`
	Iterations int     `mapstructure:"iterations"`
}

// Suggest says which sentences are suggested for annotation.
type Suggest struct {
	Measure    string  `mapstructure:"measure"`
	Length     float64 `mapstructure:"length"`
	Density    float64 `mapstructure:"density"`
	Again      float64 `mapstructure:"again"`
	Candidates int     `mapstructure:"candidates"`
	Start      int     `mapstructure:"start"`
}

// Link says whether and how entities are resolved to concepts.
type Link struct {
	Enabled      bool    `mapstructure:"enabled"`
	Depth        string  `mapstructure:"depth"`
	Threshold    float64 `mapstructure:"threshold"`
	Candidates   int     `mapstructure:"candidates"`
	Vocabularies string  `mapstructure:"vocabularies"`
}

// Embedder says what turns sentences into vectors.
type Embedder struct {
	Spec        string `mapstructure:"spec"`
	URL         string `mapstructure:"url"`
	AllowRemote bool   `mapstructure:"allow_remote"`
	APIKeyEnv   string `mapstructure:"api_key_env"`

	Timeout     time.Duration `mapstructure:"timeout"`
	Retries     int           `mapstructure:"retries"`
	Backoff     time.Duration `mapstructure:"backoff"`
	Patience    time.Duration `mapstructure:"patience"`
	Concurrency int           `mapstructure:"concurrency"`
	Batch       int           `mapstructure:"batch"`
	BatchChars  int           `mapstructure:"batch_chars"`
	Cache       string        `mapstructure:"cache"`
	CacheMB     int           `mapstructure:"cache_mb"`
}

// Key is the embedding server's key, or "".
func (e Embedder) Key() string { return os.Getenv(e.APIKeyEnv) }

// Retrieval says which demonstrations and terms a sentence is given.
type Retrieval struct {
	Mode          string  `mapstructure:"mode"`
	K             int     `mapstructure:"k"`
	Terms         int     `mapstructure:"terms"`
	Fusion        string  `mapstructure:"fusion"`
	Weight        float64 `mapstructure:"weight"`
	K1            float64 `mapstructure:"k1"`
	B             float64 `mapstructure:"b"`
	Candidates    int     `mapstructure:"candidates"`
	Pool          int     `mapstructure:"pool"`
	Coverage      bool    `mapstructure:"coverage"`
	Cover         string  `mapstructure:"cover"`
	LabelWeight   float64 `mapstructure:"label_weight"`
	Roles         bool    `mapstructure:"roles"`
	Mentions      float64 `mapstructure:"mentions"`
	PerMention    int     `mapstructure:"per_mention"`
	Novel         bool    `mapstructure:"novel"`
	Balance       bool    `mapstructure:"balance"`
	MMR           float64 `mapstructure:"mmr"`
	NearDuplicate float64 `mapstructure:"near_duplicate"`
	LeastWords    int     `mapstructure:"least_words"`
	MostWords     int     `mapstructure:"most_words"`
	MinPrior      float64 `mapstructure:"min_prior"`
	Fuzzy         bool    `mapstructure:"fuzzy"`
	Share         int     `mapstructure:"share"`
	Own           int     `mapstructure:"own"`
	Plurals       bool    `mapstructure:"plurals"`
	Spellings     bool    `mapstructure:"spellings"`
	WordOrder     bool    `mapstructure:"word_order"`
	Seed          int     `mapstructure:"seed"`
}

// Model says which language model is asked, and how patiently.
type Model struct {
	Backend     string        `mapstructure:"backend"`
	URL         string        `mapstructure:"url"`
	Name        string        `mapstructure:"name"`
	Context     int           `mapstructure:"context"`
	Timeout     time.Duration `mapstructure:"timeout"`
	PerToken    time.Duration `mapstructure:"timeout_per_token"`
	Stall       time.Duration `mapstructure:"stall"`
	Retries     int           `mapstructure:"retries"`
	Backoff     time.Duration `mapstructure:"backoff"`
	RetryShare  float64       `mapstructure:"retry_share"`
	Patience    time.Duration `mapstructure:"patience"`
	GiveUpAfter int           `mapstructure:"give_up_after"`
	Concurrency int           `mapstructure:"concurrency"`
	KeepAlive   time.Duration `mapstructure:"keep_alive"`
	Threads     int           `mapstructure:"threads"`
	AllowRemote bool          `mapstructure:"allow_remote"`
	APIKeyEnv   string        `mapstructure:"api_key_env"`
	Cache       string        `mapstructure:"cache"`
	CacheMB     int           `mapstructure:"cache_mb"`
	Trust       float64       `mapstructure:"trust"`
	Skip        float64       `mapstructure:"skip"`
}

// Key is the model server's key, or "".
func (m Model) Key() string { return os.Getenv(m.APIKeyEnv) }

// Prompt says what the model is shown and how it answers.
type Prompt struct {
	Format    string `mapstructure:"format"`
	Shots     string `mapstructure:"shots"`
	Turns     bool   `mapstructure:"turns"`
	ShowTerms bool   `mapstructure:"show_terms"`
	Passages  int    `mapstructure:"passages"`
	Context   int    `mapstructure:"context"`
	Together  int    `mapstructure:"together"`
	MaxTokens int    `mapstructure:"max_tokens"`
	Order     string `mapstructure:"order"`
	Describe  string `mapstructure:"describe"`

	// Labels maps a label to its description. It is read beside viper, which would lower-case the labels.
	Labels map[string]string `mapstructure:"-"`
}

// Input says what files may be read, so that damaged ones and those made to do harm cannot fill the memory.
type Input struct {
	MaxDocumentMB int `mapstructure:"max_document_mb"`
	MaxDepth      int `mapstructure:"max_depth"`
	MaxGzipRatio  int `mapstructure:"max_gzip_ratio"`
}

// Output says how results are written.
type Output struct {
	Format string `mapstructure:"format"`
}

// Defaults are the settings of a user who sets none.
func Defaults() Config {
	return Config{
		Cascade: Cascade{Budget: 0.3, Ask: "entities", Examples: 8},
		Learn:   Learn{Enabled: true, Least: 200, L2: 4, Iterations: 100},
		Suggest: Suggest{Measure: "variance", Density: 1, Again: 0.5, Candidates: 10000, Start: 100},
		Link:    Link{Depth: "document", Threshold: 0.2, Candidates: 5},
		Embedder: Embedder{
			Spec: "static", APIKeyEnv: "RAGNER_API_KEY", Timeout: 2 * time.Minute, Retries: 3,
			Backoff: 500 * time.Millisecond, Patience: time.Minute, Concurrency: 2,
			Batch: 64, BatchChars: 8192, Cache: "resume", CacheMB: 4096,
		},
		Retrieval: Retrieval{
			Mode: "hybrid", K: 5, Terms: 10, Fusion: "minmax", Weight: 0.4, K1: 1.2, B: 0.75, Candidates: 50, Pool: 30,
			Coverage: true, Cover: "words", LabelWeight: 10, Roles: true, Mentions: 1, PerMention: 5, MMR: 1, NearDuplicate: 0.9, MinPrior: 0.1, Fuzzy: true,
			Plurals: true, Spellings: true, WordOrder: true, Own: 1, Seed: 1,
		},
		Model: Model{
			Backend: "ollama", Context: 4096, Timeout: 2 * time.Minute, PerToken: 100 * time.Millisecond, Stall: time.Minute,
			Retries: 3, Backoff: 500 * time.Millisecond, RetryShare: 0.5, Patience: time.Minute, GiveUpAfter: 5,
			KeepAlive: 10 * time.Minute, APIKeyEnv: "RAGNER_API_KEY", CacheMB: 1024,
		},
		Prompt: Prompt{Format: "json", Shots: "retrieved", Turns: true, ShowTerms: true, Together: 1, MaxTokens: 256, Order: "best-last", Describe: "config"},
		Input:  Input{MaxDocumentMB: 16, MaxDepth: 200, MaxGzipRatio: 250},
		Output: Output{},
	}
}

// field is where the value of a setting lives in a Config.
func (c *Config) field(key string) any {
	return map[string]any{
		"index": &c.Index, "tagger": &c.Tagger, "threshold": &c.Threshold,
		"cascade.budget": &c.Cascade.Budget, "cascade.ask": &c.Cascade.Ask, "cascade.examples": &c.Cascade.Examples,
		"learn.enabled": &c.Learn.Enabled, "learn.least": &c.Learn.Least, "learn.l2": &c.Learn.L2, "learn.iterations": &c.Learn.Iterations,
		"suggest.measure": &c.Suggest.Measure, "suggest.length": &c.Suggest.Length, "suggest.density": &c.Suggest.Density,
		"suggest.again": &c.Suggest.Again, "suggest.candidates": &c.Suggest.Candidates, "suggest.start": &c.Suggest.Start,
		"link.enabled": &c.Link.Enabled, "link.depth": &c.Link.Depth, "link.threshold": &c.Link.Threshold,
		"link.candidates": &c.Link.Candidates, "link.vocabularies": &c.Link.Vocabularies,
		"embedder.spec": &c.Embedder.Spec, "embedder.url": &c.Embedder.URL,
		"embedder.allow_remote": &c.Embedder.AllowRemote, "embedder.api_key_env": &c.Embedder.APIKeyEnv,
		"embedder.timeout": &c.Embedder.Timeout, "embedder.retries": &c.Embedder.Retries, "embedder.concurrency": &c.Embedder.Concurrency,
		"embedder.backoff": &c.Embedder.Backoff, "embedder.patience": &c.Embedder.Patience,
		"embedder.batch": &c.Embedder.Batch, "embedder.batch_chars": &c.Embedder.BatchChars,
		"embedder.cache": &c.Embedder.Cache, "embedder.cache_mb": &c.Embedder.CacheMB,
		"retrieval.mode": &c.Retrieval.Mode, "retrieval.k": &c.Retrieval.K, "retrieval.terms": &c.Retrieval.Terms,
		"retrieval.fusion": &c.Retrieval.Fusion, "retrieval.weight": &c.Retrieval.Weight,
		"retrieval.candidates": &c.Retrieval.Candidates, "retrieval.pool": &c.Retrieval.Pool,
		"retrieval.k1": &c.Retrieval.K1, "retrieval.b": &c.Retrieval.B, "retrieval.cover": &c.Retrieval.Cover,
		"retrieval.label_weight": &c.Retrieval.LabelWeight, "retrieval.roles": &c.Retrieval.Roles,
		"retrieval.mentions": &c.Retrieval.Mentions, "retrieval.per_mention": &c.Retrieval.PerMention,
		"retrieval.novel": &c.Retrieval.Novel, "retrieval.mmr": &c.Retrieval.MMR,
		"retrieval.least_words": &c.Retrieval.LeastWords, "retrieval.most_words": &c.Retrieval.MostWords,
		"retrieval.coverage": &c.Retrieval.Coverage, "retrieval.balance": &c.Retrieval.Balance,
		"retrieval.near_duplicate": &c.Retrieval.NearDuplicate, "retrieval.min_prior": &c.Retrieval.MinPrior,
		"retrieval.plurals": &c.Retrieval.Plurals, "retrieval.spellings": &c.Retrieval.Spellings, "retrieval.word_order": &c.Retrieval.WordOrder,
		"retrieval.fuzzy": &c.Retrieval.Fuzzy, "retrieval.share": &c.Retrieval.Share, "retrieval.own": &c.Retrieval.Own,
		"retrieval.seed": &c.Retrieval.Seed,
		"model.backend":  &c.Model.Backend, "model.url": &c.Model.URL, "model.name": &c.Model.Name,
		"model.context": &c.Model.Context, "model.timeout": &c.Model.Timeout, "model.retries": &c.Model.Retries,
		"model.timeout_per_token": &c.Model.PerToken, "model.stall": &c.Model.Stall, "model.backoff": &c.Model.Backoff,
		"model.retry_share": &c.Model.RetryShare, "model.patience": &c.Model.Patience, "model.give_up_after": &c.Model.GiveUpAfter,
		"model.concurrency": &c.Model.Concurrency, "model.keep_alive": &c.Model.KeepAlive,
		"model.threads": &c.Model.Threads, "model.allow_remote": &c.Model.AllowRemote,
		"model.api_key_env": &c.Model.APIKeyEnv, "model.cache": &c.Model.Cache, "model.cache_mb": &c.Model.CacheMB, "model.trust": &c.Model.Trust,
		"model.skip": &c.Model.Skip, "prompt.together": &c.Prompt.Together,
		"prompt.format": &c.Prompt.Format, "prompt.shots": &c.Prompt.Shots, "prompt.turns": &c.Prompt.Turns, "prompt.show_terms": &c.Prompt.ShowTerms,
		"prompt.passages": &c.Prompt.Passages, "prompt.context": &c.Prompt.Context,
		"prompt.max_tokens": &c.Prompt.MaxTokens, "prompt.order": &c.Prompt.Order, "prompt.describe": &c.Prompt.Describe, labelsKey: &c.Prompt.Labels,
		"input.max_document_mb": &c.Input.MaxDocumentMB, "input.max_depth": &c.Input.MaxDepth, "input.max_gzip_ratio": &c.Input.MaxGzipRatio,
		"output.format": &c.Output.Format,
	}[key]
}

// Settled names the tagger that c leaves open: where the index has learned one it is that, with a model a cascade of both.
func (c Config) Settled(hasLearned bool) Config {
	switch {
	case c.Tagger != "":
	case !hasLearned:
		c.Tagger = c.TaggerName()
	case c.Model.Name != "":
		c.Tagger = "cascade"
	default:
		c.Tagger = "learned"
	}
	return c
}

// TaggerName is the tagger in use where the index has learned none: without a setting llm where a model is named, else
// neighbours.
func (c Config) TaggerName() string {
	switch {
	case c.Tagger != "":
		return c.Tagger
	case c.Model.Name != "":
		return "llm"
	}
	return "neighbours"
}

// UsesModel reports whether the tagger asks a language model.
func (c Config) UsesModel() bool { return c.TaggerName() == "llm" || c.TaggerName() == "cascade" }

// UsesLearned reports whether the tagger is, or begins with, the one that the index has learned.
func (c Config) UsesLearned() bool { return c.Tagger == "learned" || c.Tagger == "cascade" }
