package score

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// frequentErrors is how many surfaces are listed of each kind.
const frequentErrors = 10

// Findings are errors to read. They quote the documents, which a Report never does.
type Findings struct {
	Examples []Example  `json:"examples"` // by kind, then in gold's order
	Frequent []Frequent `json:"frequent"` // mentions missed, then invented, more than once; the most frequent first
}

// Example is one error. A missed mention has no Predicted, a spurious one no Gold.
type Example struct {
	Document  string  `json:"document"`
	Kind      Kind    `json:"kind"`
	Gold      *Quoted `json:"gold,omitempty"`
	Predicted *Quoted `json:"predicted,omitempty"`
}

// Quoted is a mention with its text. Offsets are code points of its document, [Start, End).
type Quoted struct {
	Start     int      `json:"start"`
	End       int      `json:"end"`
	Fragments [][2]int `json:"fragments,omitempty"` // of a discontinuous mention
	Label     string   `json:"label"`
	Text      string   `json:"text"` // fragments joined by one space
}

// Frequent is a surface that was missed or spurious several times, whatever its case and white space.
type Frequent struct {
	Kind  Kind   `json:"kind"`
	Label string `json:"label"`
	Text  string `json:"text"` // as it stood first
	Count int    `json:"count"`
}

// Kinds lists the kinds of error in order.
func Kinds() []Kind { return []Kind{Boundary, Label, Both, Missed, Spurious} }

func quoted(text string, e *corpora.Entity) *Quoted {
	if e == nil {
		return nil
	}
	m := corpora.NewMapper(text)
	q := &Quoted{Start: m.CodePoints(e.Start()), End: m.CodePoints(e.End()), Label: e.Label, Text: e.Surface(text)}
	if len(e.Fragments) > 1 {
		for _, f := range e.Fragments {
			q.Fragments = append(q.Fragments, [2]int{m.CodePoints(f.Start), m.CodePoints(f.End)})
		}
	}
	return q
}

// surfaces count the mentions that have a kind of error, missed or spurious, by label and text.
type surfaces map[[2]string]*Frequent

func (s surfaces) add(p Pair, c ErrorCase) {
	e, text := c.Gold, p.Gold.Text
	if e == nil {
		e, text = c.Pred, p.Pred.Text
	}
	surface := strings.Join(strings.FieldsFunc(e.Surface(text), corpora.IsSpace), " ")
	key := [2]string{e.Label, strings.ToLower(surface)}
	if s[key] == nil {
		surface = strings.Clone(surface) // a part of the text would keep all of it
		key[1] = strings.ToLower(surface)
		s[key] = &Frequent{Kind: c.Kind, Label: e.Label, Text: surface}
	}
	s[key].Count++
}

// most are those that stand more than once, the first few.
func (s surfaces) most() []Frequent {
	out := []Frequent{}
	for f := range maps.Values(s) {
		if f.Count > 1 {
			out = append(out, *f)
		}
	}
	slices.SortFunc(out, func(a, b Frequent) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Label, b.Label))
	})
	return out[:min(len(out), frequentErrors)]
}
