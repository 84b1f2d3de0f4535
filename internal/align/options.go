package align

import (
	"errors"

	"github.com/ragner/ragner/corpora"
)

// Options are the choices of Align. The zero value is not usable; begin with Defaults.
type Options struct {
	// ExpandRepeats tags every occurrence of a mention that is listed once, in the formats lines and json: people
	// annotate each occurrence, models name each thing once. Occurrences inside a longer mention are left out
	// while there are others. A mention listed n > 1 times always means its first n occurrences, and an inline
	// mention the place of its tags.
	ExpandRepeats bool
	// Similarity is the least similarity of a fuzzy match, above 0, up to 1; 1 means no fuzzy matches.
	Similarity float64
	// Demonstrations are the texts that the model was shown. A mention that stands in one of them and not, letter
	// for letter or normalized, in the sentence is a leak: it is never matched fuzzily.
	Demonstrations []string
}

// Defaults are the options that fit every format.
func Defaults() Options { return Options{ExpandRepeats: true, Similarity: 0.8} }

// Validate reports options that cannot be.
func (o Options) Validate() error {
	if !(o.Similarity > 0 && o.Similarity <= 1) {
		return errors.New("align: similarity must be above 0 and at most 1")
	}
	return nil
}

// Align places mentions in a sentence. Every returned fragment is non-empty, lies on code point borders and has no
// white space at its ends. It tries, in this order: the text as it is, on token borders, then elsewhere; the same
// without case, white space and Unicode form (StatusNormalized); fragments around "..."; the parts of a list; then
// windows of tokens with small edits (StatusFuzzy). Entities that are equal in label and fragments come once.
func Align(s corpora.Sentence, mentions []Mention, o Options) Result {
	p := &placer{locator: newLocator(s), options: o, painted: make([]corpora.Fragment, len(s.Text)), seen: map[string]bool{}}
	groups := p.group(mentions)
	sortBy(groups, func(g *group) int { return -len(g.text) })
	for _, g := range groups {
		p.place(g)
	}
	return p.finish()
}
