// Package align turns a language model's answer into entities with exact offsets. It has two halves: parsers that
// read the answer formats ("lines", "inline", "json") into mentions, and Align, which finds every mention in the
// sentence and says how it was found. It never asks a model anything and never fails: what cannot be read is counted
// as an Issue, what cannot be placed is kept as Unaligned. It does not score or link entities.
//
// The idea that the way a mention was located is data, and that failure is kept, is LangExtract's AlignmentStatus
// (github.com/google/langextract).
package align

import "github.com/ragner/ragner/corpora"

// Format names how a model is asked to answer.
type Format string

// The answer formats.
const (
	Lines  Format = "lines"  // one "Label: mention" a line, or "none"
	Inline Format = "inline" // the sentence copied with <Label>mention</Label>
	JSON   Format = "json"   // {"Label":["mention"]}
)

// Formats lists the answer formats.
func Formats() []Format { return []Format{Lines, Inline, JSON} }

// NoEntity is the whole answer of the format lines for a sentence without entities.
const NoEntity = "none"

// Gap stands between the fragments of a discontinuous mention in the formats lines and json.
const Gap = " ... "

// Mention is one entity as a model named it. Its text need not stand in the sentence.
type Mention struct {
	Label string // a known label, in its own spelling
	Text  string // trimmed of white space
	Order int    // position in the answer, from 0
	// From is what the mention was read from: bytes of the answer, for token probabilities.
	From corpora.Fragment
	// Inline says that the mention was tagged in a copy of the sentence, where it starts at byte Near of the copy
	// without its tags. Other mentions are matched more loosely: they may carry punctuation or be a list.
	Inline bool
	Near   int
}

// IssueKind names what was wrong with an answer.
type IssueKind string

// The kinds of issues that parsers report.
const (
	IssueChatter      IssueKind = "chatter"       // lines or text that belong to no mention
	IssueGuessedLabel IssueKind = "guessed label" // the label was not spelled as any known one, the nearest was taken
	IssueMalformed    IssueKind = "malformed"     // the answer, or a value in it, does not have the format
	IssueMissingLabel IssueKind = "missing label" // a mention without label, where only one label exists
	IssueTooMany      IssueKind = "too many"      // more mentions or lines than any sentence has; the rest was not read
	IssueTruncated    IssueKind = "truncated"     // the answer ends in the middle of an item, which was dropped
	IssueUnbalanced   IssueKind = "unbalanced"    // a tag without its partner
	IssueUnknownLabel IssueKind = "unknown label" // a mention with a label that is not known, dropped
)

// Issue counts one kind of trouble in one answer.
type Issue struct {
	Kind  IssueKind
	Count int
}

// Reason says why a mention has no place in the sentence.
type Reason string

// The reasons for which a mention stays unaligned.
const (
	NotInSentence           Reason = "not in sentence"
	LeakedFromDemonstration Reason = "leaked from demonstration" // it stands in a demonstration, not in the sentence
	UnknownLabel            Reason = "unknown label"             // the mention has no label
	Empty                   Reason = "empty"
)

// Unaligned is a mention that could not be placed.
type Unaligned struct {
	Mention Mention
	Reason  Reason
}

// Result is what Align found.
type Result struct {
	// Entities are ordered by corpora.CompareEntities, each with label, fragments (bytes of the sentence) and status.
	Entities []corpora.Entity
	// Sources[i] is the index of the mention that Entities[i] comes from.
	Sources []int
	// Unaligned are the mentions without a place, in the order of the answer.
	Unaligned []Unaligned
	Leaks     int // how many of Unaligned were leaked from a demonstration
	Repeated  int // mentions listed more often than they occur, collapsed
}

// Parse reads an answer by its format. An unknown format reads as nothing, with IssueMalformed.
func Parse(f Format, answer string, labels *Labels) ([]Mention, []Issue) {
	switch f {
	case Lines:
		return ParseLines(answer, labels)
	case Inline:
		return ParseInline(answer, labels)
	case JSON:
		return ParseJSON(answer, labels)
	}
	return nil, []Issue{{IssueMalformed, 1}}
}
