// Package conflict lists annotations of an index that contradict each other, so that a curator can go there: equal
// sentences, equal surfaces and equal border words that are annotated in different ways. It judges by counts alone; which
// side is right it does not know. It changes nothing.
package conflict

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/ragner/ragner/index"
)

// Kind is a way in which annotations contradict each other.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Sentence Kind = "sentence" // equal sentences
	Label    Kind = "label"    // a surface has another label than usual
	Labels   Kind = "labels"   // a surface has several labels where one is usual, or one where several are
	Unmarked Kind = "unmarked" // a surface is usually annotated and is not
	Marked   Kind = "marked"   // a surface is usually not annotated and is
	Border   Kind = "border"   // the words of a mention are annotated with other borders
	Edge     Kind = "edge"     // a word at a mention's border is usually inside and is outside, or the other way round
)

// Kinds are all kinds with what they mean, in the order in which they are listed.
var Kinds = []struct {
	Kind  Kind
	About string
}{
	{Sentence, "equal sentences, annotated differently"},
	{Label, "the same surface with another label than usual"},
	{Labels, "the same span with several labels where one is usual, or one where several are"},
	{Unmarked, "surfaces that are usually annotated and are not here"},
	{Marked, "surfaces that are usually not annotated and are here"},
	{Border, "the same words with other borders than usual"},
	{Edge, "words at a mention's border that are usually inside and are outside here, or the other way round"},
}

// Place is where a reading stands. Start and End count code points of the sentence, end exclusive.
type Place struct {
	Document string `json:"document"`
	Sentence int    `json:"sentence"` // from 0
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Context  string `json:"context"` // what stands around it, itself in brackets
}

// Reading is one of the ways in which something is annotated.
type Reading struct {
	As     string  `json:"as"`
	Count  int     `json:"count"`
	Places []Place `json:"places"` // in the order of the documents
}

// Conflict is a rare reading of something beside the usual one.
type Conflict struct {
	Kind  Kind    `json:"kind"`
	Text  string  `json:"text"` // the sentence, surface or border word
	Usual Reading `json:"usual"`
	Odd   Reading `json:"odd"`
	// Surprise is how unlikely a place of the odd reading is by all other places of the same text, in bits: the
	// negative logarithm of its share with the place itself left out, half a count more for each side.
	Surprise float64 `json:"surprise"`
}

// Report is all conflicts of an index: by kind, in each the most surprising first, then the one with the most places.
type Report struct {
	Documents int        `json:"documents"`
	Sentences int        `json:"sentences"`
	Mentions  int        `json:"mentions"`
	Conflicts []Conflict `json:"conflicts"`
}

// usualShown is how many places of the usual reading are listed: enough to see what is meant.
const usualShown = 3

// Find reads all sentences of an index and holds them in memory meanwhile. The caller looks at the index's Err.
func Find(x *index.Index) Report {
	c := read(x)
	list := slices.Concat(c.sentenceConflicts(), c.surfaceConflicts(), c.edgeConflicts())
	slices.SortStableFunc(list, compare)
	return Report{c.documents, len(c.sentences), c.mentions, list}
}

// order is the place of a kind in Kinds.
func order(k Kind) int {
	for i, kind := range Kinds {
		if kind.Kind == k {
			return i
		}
	}
	return len(Kinds)
}

func compare(a, b Conflict) int {
	return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(b.Surprise, a.Surprise),
		cmp.Compare(b.Usual.Count, a.Usual.Count), strings.Compare(a.Text, b.Text), strings.Compare(a.Odd.As, b.Odd.As))
}

// surprise is that of odd places among all.
func surprise(odd, all int) float64 {
	return math.Log2(float64(all) / (float64(odd) - 0.5))
}

// Limit keeps the first n conflicts of each kind, of 0 all, and tells how many there were.
func (r Report) Limit(n int) (shown []Conflict, all map[Kind]int) {
	shown, all = []Conflict{}, map[Kind]int{}
	for _, c := range r.Conflicts {
		if all[c.Kind]++; n == 0 || all[c.Kind] <= n {
			shown = append(shown, c)
		}
	}
	return shown, all
}
