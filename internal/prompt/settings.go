// Package prompt turns evidence and a sentence into the messages for a language model, and knows how each answer
// format writes the gold entities of a demonstration. It calls no model and reads no index; package align reads the
// answers.
//
// # Untrusted text
//
// Sentences, passages and terms are other people's text, and must not be able to change the task. Fence puts each on
// a line of its own behind a marker ("Text: …"), with line breaks turned into spaces, so that it cannot begin a line
// that looks like a marker or a turn, and with a space inside of everything that chat templates read as control
// tokens ("<|im_end|>", "[INST]", "</s>"), which servers would otherwise take for real turns. The answer cannot add
// anything to the result either: align keeps only what stands in the sentence, with a known label.
package prompt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ragner/ragner/internal/align"
)

// Label is one kind of entity to find.
type Label struct {
	Name        string // as in the corpus
	Description string // one line, or ""
}

// Order is the order in which demonstrations are shown.
type Order string

// The orders of demonstrations.
const (
	BestLast  Order = "best-last"  // the most similar next to the input
	BestFirst Order = "best-first" // the most similar first
	// ByReference orders by document and sentence, so that equal sets of demonstrations give equal prompts, which a
	// server's prefix cache then has to read only once.
	ByReference Order = "by-reference"
)

// Settings are the choices of a prompt. Begin with Defaults.
type Settings struct {
	Format        align.Format
	Version       int  // of the template, from 1
	Turns         bool // demonstrations as chat turns; else all in one message
	Labels        []Label
	ShowTerms     bool
	Order         Order
	ContextTokens int // most tokens of prompt and answer together
	MaxTokens     int // most tokens of an answer; a short sentence gets fewer
	// Counter counts the tokens of a text; nil means Estimate.
	Counter func(string) int
}

// Defaults are the settings to begin with; Labels must still be set. On development sentences of NCBI disease with a
// model of half a billion parameters, json in turns kept its format best; json and lines in one message leaked more
// or mixed up labels and mentions. The sample was small: choose anew for another model.
func Defaults() Settings {
	return Settings{
		Format: align.JSON, Version: 1, Turns: true, ShowTerms: true, Order: BestLast,
		ContextTokens: 4096, MaxTokens: 512,
	}
}

// Validate reports settings that cannot be, each with its remedy.
func (s Settings) Validate() error {
	if !slices.Contains(align.Formats(), s.Format) {
		return fmt.Errorf("prompt: unknown format %q (known: lines, inline, json)", s.Format)
	}
	if _, err := load(s.Format, s.Version); err != nil {
		return err
	}
	if !slices.Contains([]Order{BestLast, BestFirst, ByReference}, s.Order) {
		return fmt.Errorf("prompt: unknown order %q (known: best-last, best-first, by-reference)", s.Order)
	}
	if s.MaxTokens < 1 || s.ContextTokens <= s.MaxTokens {
		return fmt.Errorf("prompt: %d context tokens leave no room for a prompt beside an answer of %d", s.ContextTokens, s.MaxTokens)
	}
	return s.validateLabels()
}

func (s Settings) validateLabels() error {
	if len(s.Labels) == 0 {
		return errors.New("prompt: no labels to find")
	}
	seen := map[string]bool{}
	for _, l := range s.Labels {
		switch {
		case strings.TrimSpace(l.Name) == "" || strings.TrimSpace(l.Name) != l.Name:
			return fmt.Errorf("prompt: label %q is empty or has white space around it", l.Name)
		case strings.ContainsFunc(l.Name, unicode.IsControl) || len(l.Name) > maxLabelBytes:
			return fmt.Errorf("prompt: label %q has a control character or more than %d bytes", l.Name, maxLabelBytes)
		case Fence(l.Name) != l.Name:
			return fmt.Errorf("prompt: label %q has what chat templates take for control tokens, or unseen characters", l.Name)
		case s.Format == align.Inline && strings.ContainsAny(l.Name, `<>\`):
			return fmt.Errorf("prompt: label %q has < > or \\, which the format inline needs; use lines or json", l.Name)
		case seen[l.Name]:
			return fmt.Errorf("prompt: label %q is given twice", l.Name)
		}
		seen[l.Name] = true
	}
	return nil
}

// maxLabelBytes is what align compares with a label.
const maxLabelBytes = 128

// AlignLabels are the labels as the parsers of package align take them.
func (s Settings) AlignLabels() *align.Labels {
	names := make([]string, len(s.Labels))
	for i, l := range s.Labels {
		names[i] = l.Name
	}
	return align.NewLabels(names)
}

func (s Settings) count(text string) int {
	if s.Counter != nil {
		return s.Counter(text)
	}
	return Estimate(text)
}
