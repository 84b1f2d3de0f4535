package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/pflag"
)

// Setting describes one key of the configuration.
type Setting struct {
	Key     string   // in ragner.yaml, with dots between sections; RAGNER_SECTION_KEY in the environment
	Flag    string   // without dashes
	Short   string   // one letter, or ""
	Usage   string   //
	Allowed []string // nil: any value of its type
	Least   float64  // of a number; Most 0 means no bound above
	Most    float64
}

const labelsKey = "prompt.labels"

// Settings are all keys, in the order in which they are shown.
func Settings() []Setting { return slices.Clone(settings) }

var settings = []Setting{
	{Key: "index", Flag: "index", Short: "i", Usage: "folder of the index"},
	{Key: "tagger", Flag: "tagger", Allowed: []string{"", "neighbours", "learned", "llm", "cascade"}, Usage: "neighbours, learned, llm or cascade; empty: with a model cascade, else learned, where the index has learned a tagger, else llm or neighbours"},
	{Key: "threshold", Flag: "threshold", Most: 1, Usage: "drop entities with a score below this; 0: the tagger's own"},

	{Key: "cascade.budget", Flag: "budget", Most: 1, Usage: "greatest share of the sentences that a cascade asks the model about"},
	{Key: "cascade.ask", Flag: "ask", Allowed: []string{"entities", "questions"}, Usage: "what a cascade asks for, a sentence's entities, or yes or no to each doubtful one"},
	{Key: "cascade.examples", Flag: "ask-examples", Most: 100, Usage: "answered questions that are shown with a question"},

	{Key: "learn.enabled", Flag: "learn", Usage: "learn a tagger from the annotated sentences, as the last step of the build"},
	{Key: "learn.least", Flag: "learn-least", Least: 1, Usage: "annotated sentences below which none is learned"},
	{Key: "learn.l2", Flag: "learn-l2", Least: 0.01, Most: 1000, Usage: "strength of the prior that keeps the weights small"},
	{Key: "learn.iterations", Flag: "learn-iterations", Least: 1, Most: 1000, Usage: "most iterations of the optimiser"},

	{Key: "suggest.measure", Flag: "doubt", Allowed: []string{"variance", "errors"}, Usage: "what makes a stretch doubtful: p(1-p) of its probability, or the chance that the tagger is wrong about it"},
	{Key: "suggest.length", Flag: "doubt-length", Most: 2, Usage: "power of a sentence's number of words by which its doubt is divided"},
	{Key: "suggest.density", Flag: "density", Most: 10, Usage: "power of a sentence's mean likeness to all others by which its doubt is multiplied"},
	{Key: "suggest.again", Flag: "again", Most: 1, Usage: "what the doubt of a surface is still worth each time that it stands in a sentence chosen before"},
	{Key: "suggest.candidates", Flag: "suggest-candidates", Least: 1, Most: 1e6, Usage: "sentences with the greatest doubt among which is chosen"},
	{Key: "suggest.start", Flag: "suggest-start", Least: 1, Usage: "with ablate, annotated sentences that are drawn at random before others are suggested; each round of suggestions adds half of what there is"},
	{Key: "link.enabled", Flag: "link", Usage: "resolve entities to the concepts of ontologies and annotations, ranked with scores"},
	{Key: "link.depth", Flag: "link-depth", Allowed: []string{"names", "forms", "near", "document"}, Usage: "how far to look for a mention's concepts, each with those before it: equal names, other forms and abbreviations, similar names and mentions, the document's other mentions"},
	{Key: "link.threshold", Flag: "link-threshold", Most: 1, Usage: "least score of a concept that a mention is given; below it has none"},
	{Key: "link.candidates", Flag: "link-candidates", Least: 1, Most: 100, Usage: "most links kept for a mention"},
	{Key: "link.vocabularies", Flag: "link-vocabularies", Usage: "vocabularies to answer in, the best first, as in MESH,OMIM; empty: those of the index's annotations, else each ontology's own"},

	{Key: "embedder.spec", Flag: "embedder", Usage: "static, none, ollama:MODEL or openai:MODEL"},
	{Key: "embedder.url", Flag: "embedder-url", Usage: "address of the embedding server; empty: the usual local one"},
	{Key: "embedder.allow_remote", Flag: "embedder-allow-remote", Usage: "consent to send text to an embedding server on another machine"},
	{Key: "embedder.api_key_env", Flag: "embedder-api-key-env", Usage: "environment variable that holds the embedding server's key"},
	{Key: "embedder.timeout", Flag: "embedder-timeout", Least: 1, Usage: "time for one answer of the embedding server"},
	{Key: "embedder.retries", Flag: "embedder-retries", Most: 100, Usage: "attempts after the first"},
	{Key: "embedder.backoff", Flag: "embedder-backoff", Least: 1, Usage: "pause before the first retry, doubled for each further one, more or less"},
	{Key: "embedder.patience", Flag: "embedder-patience", Usage: "how long an embedding server that has answered before may be out of reach"},
	{Key: "embedder.concurrency", Flag: "embedder-concurrency", Least: 1, Most: 1000, Usage: "requests to the embedding server under way at once"},
	{Key: "embedder.batch", Flag: "embedder-batch", Least: 1, Most: 10000, Usage: "most texts of a request to the embedding server"},
	{Key: "embedder.batch_chars", Flag: "embedder-batch-chars", Least: 1, Usage: "most characters of a request; a longer text is embedded by its beginning"},
	{Key: "embedder.cache", Flag: "embedder-cache", Allowed: []string{"resume", "keep", "none"}, Usage: "whether a build keeps the server's vectors in the index's folder: until it has succeeded, for the next build too, or not"},
	{Key: "embedder.cache_mb", Flag: "embedder-cache-mb", Least: 1, Usage: "most megabytes of that file; then it takes no more vectors"},

	{Key: "retrieval.mode", Flag: "mode", Allowed: []string{"hybrid", "dense", "lexical", "random", "none"}, Usage: "how demonstrations are found"},
	{Key: "retrieval.k", Flag: "k", Short: "k", Most: 100, Usage: "demonstrations for each sentence"},
	{Key: "retrieval.terms", Flag: "terms", Most: 1000, Usage: "most terms for each sentence"},
	{Key: "retrieval.fusion", Flag: "fusion", Allowed: []string{"minmax", "rrf"}, Usage: "how lexical and dense scores are joined"},
	{Key: "retrieval.weight", Flag: "weight", Most: 1, Usage: "share of the dense score in minmax fusion"},
	{Key: "retrieval.k1", Flag: "k1", Most: 1e6, Usage: "k1 of BM25, how much repetition of a word counts"},
	{Key: "retrieval.b", Flag: "b", Most: 1, Usage: "b of BM25, how much a sentence's length counts"},
	{Key: "retrieval.candidates", Flag: "candidates", Least: 1, Most: 10000, Usage: "sentences each channel hands to the fusion"},
	{Key: "retrieval.pool", Flag: "pool", Least: 1, Most: 10000, Usage: "fused sentences from which demonstrations are chosen"},
	{Key: "retrieval.coverage", Flag: "coverage", Usage: "choose demonstrations so that together they cover the sentence's words and likely mentions"},
	{Key: "retrieval.cover", Flag: "cover", Allowed: []string{"words", "pieces"}, Usage: "what coverage counts, whole words, or their character 4-grams"},
	{Key: "retrieval.label_weight", Flag: "label-weight", Most: 100, Usage: "with coverage, how much more a word counts that always stands in mentions (DEER)"},
	{Key: "retrieval.roles", Flag: "roles", Usage: "with coverage, a word counts only where it stands as it likely does in the sentence, in a mention or outside"},
	{Key: "retrieval.mentions", Flag: "mentions", Most: 100, Usage: "with coverage, what showing a likely mention annotated is worth; all words together are worth 2"},
	{Key: "retrieval.per_mention", Flag: "per-mention", Most: 1000, Usage: "with coverage, sentences to search for each likely mention besides the pool (GPT-NER's entity level); 0: none"},
	{Key: "retrieval.novel", Flag: "novel", Usage: "with coverage, search so for likely names that the lexicon does not know, too"},
	{Key: "retrieval.balance", Flag: "balance", Usage: "choose demonstrations so that labels are balanced"},
	{Key: "retrieval.mmr", Flag: "mmr", Most: 1, Usage: "lambda of maximal marginal relevance; below 1 demonstrations that are like chosen ones count less"},
	{Key: "retrieval.near_duplicate", Flag: "near-duplicate", Most: 1, Usage: "leave out a demonstration that shares more than this of its words with another; 0: none"},
	{Key: "retrieval.least_words", Flag: "least-words", Most: 10000, Usage: "shortest demonstration, in words"},
	{Key: "retrieval.most_words", Flag: "most-words", Most: 10000, Usage: "longest demonstration, in words; 0: any length"},
	{Key: "retrieval.min_prior", Flag: "min-prior", Most: 1, Usage: "least share of a term's occurrences that must be annotated"},
	{Key: "retrieval.fuzzy", Flag: "fuzzy", Usage: "find names that the sentence spells a little differently, too"},
	{Key: "retrieval.plurals", Flag: "plurals", Usage: "find names in another number, too (metastases, abscesses)"},
	{Key: "retrieval.spellings", Flag: "spellings", Usage: "find names in British or American spelling, without accents, with other numerals, too"},
	{Key: "retrieval.word_order", Flag: "word-order", Usage: "find names whose words stand in another order, too (cancer of the breast)"},
	{Key: "retrieval.share", Flag: "share", Most: 1000, Usage: "sentences that share a set of k demonstrations, about, which the model server then reads once; 0: each sentence has its own"},
	{Key: "retrieval.own", Flag: "own", Most: 100, Usage: "with --share: demonstrations of each sentence alone, besides the shared ones"},
	{Key: "retrieval.seed", Flag: "seed", Usage: "seed of everything random"},

	{Key: "model.backend", Flag: "backend", Allowed: []string{"ollama", "openai"}, Usage: "what the model server speaks"},
	{Key: "model.url", Flag: "url", Usage: "address of the model server; empty: the usual local one"},
	{Key: "model.name", Flag: "model", Usage: "name of the model on its server"},
	{Key: "model.context", Flag: "context", Least: 256, Usage: "tokens of prompt and answer together"},
	{Key: "model.timeout", Flag: "timeout", Least: 1, Usage: "time for one answer, besides what its length is given"},
	{Key: "model.timeout_per_token", Flag: "timeout-per-token", Usage: "least time added for each token of prompt and answer; a server that proves slower gets more"},
	{Key: "model.stall", Flag: "stall", Least: 1, Usage: "longest silence in the middle of an answer"},
	{Key: "model.retries", Flag: "retries", Most: 100, Usage: "attempts after the first"},
	{Key: "model.backoff", Flag: "backoff", Least: 1, Usage: "pause before the first retry, doubled for each further one, more or less"},
	{Key: "model.retry_share", Flag: "retry-share", Most: 100, Usage: "retries that each answer of the run allows, besides ten to begin with"},
	{Key: "model.patience", Flag: "patience", Usage: "how long a server that has answered before may be out of reach, as while it restarts, until the run stops"},
	{Key: "model.give_up_after", Flag: "give-up-after", Least: 1, Most: 10000, Usage: "calls in a row that the server may fail until it is tried once more and then given up"},
	{Key: "model.concurrency", Flag: "concurrency", Most: 1000, Usage: "calls under way at once; 0: as many as make the server faster, found out, at most 16"},
	{Key: "model.keep_alive", Flag: "keep-alive", Usage: "how long Ollama keeps the model loaded; negative: for ever"},
	{Key: "model.threads", Flag: "threads", Usage: "threads of Ollama; 0: its own choice"},
	{Key: "model.allow_remote", Flag: "allow-remote", Usage: "consent to send text to a model server on another machine"},
	{Key: "model.api_key_env", Flag: "api-key-env", Usage: "environment variable that holds the model server's key"},
	{Key: "model.cache", Flag: "cache", Usage: "file that keeps the model's answers for the next run; empty: none"},
	{Key: "model.cache_mb", Flag: "cache-mb", Usage: "most megabytes of answers in the cache, the oldest go first; 0: no bound"},
	{Key: "model.trust", Flag: "trust", Most: 1, Usage: "how far the model is believed against the index; 0: only for what the index cannot know, 1: its answer alone (so with --terms 0)"},
	{Key: "model.skip", Flag: "skip", Most: 1, Usage: "with --tagger llm: do not ask about a sentence whose chance to hold any entity, by the index, is below this"},

	{Key: "prompt.format", Flag: "answer-format", Allowed: []string{"lines", "inline", "json"}, Usage: "how the model writes entities"},
	{Key: "prompt.shots", Flag: "shots", Allowed: []string{"retrieved", "fixed", "random", "none"}, Usage: "which demonstrations the prompt shows"},
	{Key: "prompt.turns", Flag: "turns", Usage: "show demonstrations as turns of the chat, not in one message"},
	{Key: "prompt.show_terms", Flag: "show-terms", Usage: "show the terms that a sentence contains"},
	{Key: "prompt.passages", Flag: "passages", Most: 100, Usage: "unlabelled passages to show"},
	{Key: "prompt.describe", Flag: "describe", Allowed: []string{"config", "ontology"}, Usage: "where descriptions of labels come from: prompt.labels alone, or else the definition of the ontology's term with that name"},
	{Key: labelsKey, Flag: "label", Usage: "description of a label, as LABEL=DESCRIPTION; may be repeated"},
	{Key: "prompt.context", Flag: "context-sentences", Most: 100, Usage: "sentences before and after to show with a sentence"},
	{Key: "prompt.together", Flag: "together", Least: 1, Most: 50, Usage: "sentences to put into one prompt, with one answer in the format json"},
	{Key: "prompt.max_tokens", Flag: "max-tokens", Least: 1, Usage: "longest answer in tokens, to each sentence of a prompt"},
	{Key: "prompt.order", Flag: "order", Allowed: []string{"best-last", "best-first", "by-reference"}, Usage: "order of the demonstrations"},

	{Key: "input.max_document_mb", Flag: "max-document-mb", Least: 1, Most: 4096, Usage: "most megabytes of one document, and of one line or record of a file"},
	{Key: "input.max_depth", Flag: "max-depth", Least: 1, Most: 9000, Usage: "most levels of nested elements, objects and arrays in a file"},
	{Key: "input.max_gzip_ratio", Flag: "max-gzip-ratio", Least: 1, Most: 2000, Usage: "most bytes that one byte of a gzip file may become"},

	{Key: "output.format", Flag: "format", Short: "f", Usage: "format of the results; empty: by the name of the output, else jsonl"},
}

// Env is the name of the environment variable of a setting.
func (s Setting) Env() string {
	return "RAGNER_" + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

func settingByKey(key string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

// annotation marks a flag as the one of a setting, so that a command's flag of the same name is not taken for it.
const annotation = "ragner-setting"

// Key is the setting that a flag of AddFlags sets, or "".
func Key(f *pflag.Flag) string {
	if key := f.Annotations[annotation]; len(key) == 1 {
		return key[0]
	}
	return ""
}

// AddFlags defines the flags of the settings with these keys; a key that ends in "." stands for its section. An
// unknown key is a mistake of the program and panics.
func AddFlags(flags *pflag.FlagSet, keys ...string) {
	for _, key := range keys {
		found := false
		for _, s := range settings {
			if s.Key == key || strings.HasSuffix(key, ".") && strings.HasPrefix(s.Key, key) {
				s.addFlag(flags)
				found = true
			}
		}
		if !found {
			panic("config: no setting " + key)
		}
	}
}

func (s Setting) addFlag(flags *pflag.FlagSet) {
	defaults := Defaults()
	usage := s.Usage
	if len(s.Allowed) > 0 && s.Allowed[0] != "" {
		usage += " (" + strings.Join(s.Allowed, ", ") + ")"
	}
	switch v := defaults.field(s.Key).(type) {
	case *string:
		flags.StringP(s.Flag, s.Short, *v, usage)
	case *int:
		flags.IntP(s.Flag, s.Short, *v, usage)
	case *float64:
		flags.Float64P(s.Flag, s.Short, *v, usage)
	case *bool:
		flags.BoolP(s.Flag, s.Short, *v, usage)
	case *time.Duration:
		flags.DurationP(s.Flag, s.Short, *v, usage)
	case *map[string]string: // not StringToString, which would split a description at its commas
		flags.StringArrayP(s.Flag, s.Short, nil, usage)
	default:
		panic(fmt.Sprintf("config: setting %s has no flag type", s.Key))
	}
	if err := flags.SetAnnotation(s.Flag, annotation, []string{s.Key}); err != nil {
		panic(err)
	}
}

// nearest is the candidate with the fewest edits to word, or "" when even that is far.
func nearest(word string, candidates []string) string {
	best, fewest := "", len(word)/2+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(word, c); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}
