package ablation

import (
	"time"

	"github.com/ragner/ragner/internal/score"
)

// Results are all that an ablation found out: what results.json holds and a report is written from. Shares lie
// between 0 and 1, times are seconds.
type Results struct {
	Name        string    `json:"name"`              // of the grid
	Version     string    `json:"version"`           // of the program
	Created     time.Time `json:"created"`           // when the last row ended
	Command     string    `json:"command,omitempty"` // that repeats it
	Seed        int       `json:"seed"`
	Retrieval   bool      `json:"retrieval_only"` // no row tagged
	Index       IndexInfo `json:"index"`
	Gold        GoldInfo  `json:"gold"`
	Reference   string    `json:"reference,omitempty"` // name of the row that the others are tested against
	Test        string    `json:"test"`                // how rows were tested, in words
	Interrupted bool      `json:"interrupted"`         // some rows are missing or partial
	Rows        []Row     `json:"rows"`
}

// IndexInfo names the index that all rows used, or drew their smaller ones from.
type IndexInfo struct {
	Dir       string   `json:"dir"`
	Digest    string   `json:"digest"` // SHA-256 of its manifest
	Built     string   `json:"built"`  // time and program
	Embedder  string   `json:"embedder"`
	Sentences int      `json:"sentences"`
	Mentions  int      `json:"mentions"`
	Terms     int      `json:"terms"`
	Sources   []Source `json:"sources"`
}

// Source is a file with the hash of its content.
type Source struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// GoldInfo tells what was scored against.
type GoldInfo struct {
	Sources      []Source `json:"sources"`
	Documents    int      `json:"documents"`     // scored
	Of           int      `json:"of"`            // that the files hold
	Sentences    int      `json:"sentences"`     // of those scored
	Mentions     int      `json:"mentions"`      // of those scored
	InIndex      int      `json:"in_index"`      // documents that stand in the index, held out for themselves
	SameText     int      `json:"same_text"`     // sentences that stand word for word in a document of the index that is not held out
	UnseenLabels []string `json:"unseen_labels"` // that the index does not have
}

// Row is one set of settings and what came of it.
type Row struct {
	Name     string         `json:"name"`
	Settings map[string]any `json:"settings"` // those that some row sets, by key; every row has the same keys
	Pool     int            `json:"pool"`     // annotated sentences of its index
	Tagger   string         `json:"tagger"`
	Model    string         `json:"model,omitempty"` // name and digest
	State    State          `json:"state"`
	Error    string         `json:"error,omitempty"` // why it failed

	Evaluation *Evaluation       `json:"evaluation,omitempty"` // nil for rows that only retrieve
	Evidence   *Evidence         `json:"retrieval,omitempty"`
	Against    *Against          `json:"against,omitempty"` // nil for the reference row
	Cases      []Case            `json:"cases,omitempty"`
	compared   [2]int            // documents of reference and row that Against compares
	Counts     []score.DocCounts `json:"-"` // by document, in gold's order
}

// State says how far a row came.
type State string

// The states of a row.
const (
	Done    State = "done"
	Partial State = "partial" // interrupted: scored on the documents it had finished
	Failed  State = "failed"
	Pending State = "pending" // not begun
)

// Evaluation is the score of tagged documents and what it cost.
type Evaluation struct {
	score.Report
	Tagger       string            `json:"tagger"`
	Seconds      float64           `json:"seconds"` // that tagging took; for answers from the cache, what they took when they were made
	Calls        int               `json:"calls"`
	PromptTokens int               `json:"prompt_tokens"`
	CachedTokens int               `json:"cached_tokens"` // of those of prompts, such as the server had read before; Ollama's are estimated
	OutputTokens int               `json:"output_tokens"`
	CacheHits    int               `json:"cache_hits"`
	Failed       int               `json:"failed"`
	Unaligned    int               `json:"unaligned"`
	Asked        int               `json:"asked"`       // sentences that the model was asked about
	AskedAgain   int               `json:"asked_again"` // of these, such as an answer to several sentences had nothing readable for
	Unanswered   int               `json:"unanswered"`  // of these, such as it had no usable answer to, in a cascade
	Leaks        int               `json:"leaks"`
	Dropped      int               `json:"dropped_demonstrations"`
	Split        int               `json:"split"`     // sentences that were tagged in pieces, because they did not fit the context
	Overflows    int               `json:"overflows"` // calls whose prompt the server found too long, made again with less
	Sentences    int               `json:"sentences"`
	InIndex      int               `json:"gold_in_index"` // gold documents that stand in the index; held out for themselves
	Seen         score.Criteria    `json:"seen"`
	Unseen       score.Criteria    `json:"unseen"`
	Calibration  score.Calibration `json:"calibration"`

	Counts []score.DocCounts `json:"-"` // by document
}

// Evidence says how good the retrieved demonstrations are, without a model.
type Evidence struct {
	Coverage  Share   `json:"coverage"`   // gold mentions whose surface stands annotated in the demonstrations
	Agreement Share   `json:"agreement"`  // of those, such as have the gold label there most often
	Vote      Share   `json:"token_vote"` // micro F1 of labelling each token as the demonstrations' equal tokens mostly are
	TermHits  Share   `json:"term_hits"`  // gold mentions that a term hit covers exactly
	Seconds   float64 `json:"seconds"`    // of retrieval, a sentence (median)
	Sentences int     `json:"sentences"`
}

// Share is a figure with its 95 % bootstrap interval over documents.
type Share struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Against compares a row with the reference row over the documents that both have.
type Against struct {
	Delta     float64 `json:"delta"` // this row's figure less the reference's
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	P         float64 `json:"p"`
	PHolm     float64 `json:"p_holm"` // corrected for the number of rows tested (Holm 1979)
	Documents int     `json:"documents"`
}

// Case is one error, with what the model was shown. Offsets are code points of Sentence.
type Case struct {
	DocID          string      `json:"document"`
	Kind           score.Kind  `json:"kind"`
	Sentence       string      `json:"sentence"` // around the mention
	Gold           []Mark      `json:"gold"`     // all of the sentence's
	Predicted      []Mark      `json:"predicted"`
	At             Mark        `json:"at"` // the mention that is wrong: gold's, or the spurious one
	Demonstrations []ShownDemo `json:"demonstrations"`
	Terms          []string    `json:"terms"` // the term hits shown, as "surface (Label)"
}

// Mark is a labelled stretch: code points [Start, End) of its sentence.
type Mark struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Label string `json:"label"`
}

// ShownDemo is a demonstration as it was shown.
type ShownDemo struct {
	Ref   string `json:"ref"` // "document#sentence"
	Text  string `json:"text"`
	Marks []Mark `json:"marks"`
}
