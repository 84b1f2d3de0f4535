// Package tag finds the entities of sentences and documents: by the index alone (Neighbours), or by a language model
// that is shown what the index knows (LLM). It never sees gold annotations.
package tag

import (
	"context"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/retrieval"
)

// Input is one sentence to tag, with what its document says around it. It has no place for annotations.
type Input struct {
	Sentence corpora.Sentence
	Before   string // text before the sentence that may be shown as context, may be ""
	After    string

	// Abbreviations are the short forms that the document defines, with their long forms.
	Abbreviations map[string]string
	// Exclude names documents whose sentences must not be shown, besides the sentence's own.
	Exclude []string
	// Place is that of the sentence among those of its document, which are retrieved together.
	Place retrieval.Place

	page *page // of the document, and the place in it; nil: the sentence is alone
	at   int
}

// Query is what a retriever is asked for the sentence.
func (in Input) Query() retrieval.Query {
	return retrieval.Query{Sentence: in.Sentence, Exclude: in.Exclude, Abbreviations: in.Abbreviations, Place: in.Place}
}

// Prediction is what a tagger found in one sentence. Entities have offsets in bytes of the sentence's text, a status,
// a score and their provenance, and are ordered by corpora.CompareEntities.
type Prediction struct {
	Entities []corpora.Entity
	Stats    Stats
}

// Stats count the work and the mishaps of tagging. Counts add.
type Stats struct {
	Sentences    int `json:"sentences"`
	Asked        int `json:"asked"` // sentences that the model was asked about
	Calls        int `json:"calls"`
	PromptTokens int `json:"prompt_tokens"`
	OutputTokens int `json:"output_tokens"`
	CachedTokens int `json:"cached_tokens"` // of those of prompts, such as the server had read before; Ollama's are estimated
	CacheHits    int `json:"cache_hits"`
	Unaligned    int `json:"unaligned"` // mentions of an answer that do not stand in the sentence
	Leaks        int `json:"leaks"`     // of these, such as stand in a demonstration
	Dropped      int `json:"dropped_demonstrations"`
	Split        int `json:"split"`       // sentences that did not fit the context and were tagged in pieces
	Overflows    int `json:"overflows"`   // calls whose prompt the server found too long, and that were made again with less
	AskedAgain   int `json:"asked_again"` // sentences put to the model with others and then alone, as the answer had nothing readable for them
	Discarded    int `json:"discarded"`   // aligned mentions that the index spoke against
	Unanswered   int `json:"unanswered"`  // sentences of a cascade whose answer was of no use, so that the learned tagger's stand

	ModelTime time.Duration `json:"model_time"` // of all answers, in nanoseconds; for those from the cache, what they took when they were made
}

// Add sums two counts.
func (s Stats) Add(o Stats) Stats {
	return Stats{
		Sentences: s.Sentences + o.Sentences, Asked: s.Asked + o.Asked, Calls: s.Calls + o.Calls,
		PromptTokens: s.PromptTokens + o.PromptTokens, OutputTokens: s.OutputTokens + o.OutputTokens,
		CachedTokens: s.CachedTokens + o.CachedTokens, CacheHits: s.CacheHits + o.CacheHits, AskedAgain: s.AskedAgain + o.AskedAgain, Unaligned: s.Unaligned + o.Unaligned, Leaks: s.Leaks + o.Leaks,
		Dropped: s.Dropped + o.Dropped, Split: s.Split + o.Split, Overflows: s.Overflows + o.Overflows, Discarded: s.Discarded + o.Discarded, Unanswered: s.Unanswered + o.Unanswered, ModelTime: s.ModelTime + o.ModelTime,
	}
}

// Tagger tags one sentence. Implementations are safe for concurrent use. The error of a model server is an
// *llm.Error.
type Tagger interface {
	Tag(ctx context.Context, in Input) (Prediction, error)
}
