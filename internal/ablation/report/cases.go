package report

import (
	"slices"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/score"
)

// mostCases is how many errors of a row the page shows, and of all rows about how many, so that a browser can still
// open it; results.json has all of them.
const (
	mostCases    = 200
	mostAllCases = 4000
	fewestCases  = 5
)

// browser are the errors that the page lets its reader look through.
type browser struct {
	Rows   []rowCases
	Kinds  []string
	Labels []string
}

// rowCases are errors of one row.
type rowCases struct {
	Row   row
	Of    int // how many there are
	Cases []errorCase
}

// errorCase is one error, ready to be shown.
type errorCase struct {
	Kind, Label string // as the filter names them
	Document    string
	Surface     string
	Gold        []piece
	Predicted   []piece
	Shown       []demonstration
	Terms       []string
}

type demonstration struct {
	Ref    string
	Pieces []piece
}

var kinds = []score.Kind{score.Boundary, score.Label, score.Both, score.Missed, score.Spurious}

func newBrowser(rows []row) browser {
	var b browser
	most := min(mostCases, max(fewestCases, mostAllCases/max(1, len(rows))))
	for _, r := range rows {
		if len(r.Cases) == 0 {
			continue
		}
		shown := rowCases{Row: r, Of: len(r.Cases)}
		for _, c := range spread(r.Cases, most) {
			shown.Cases = append(shown.Cases, newCase(c))
			b.note(c)
		}
		b.Rows = append(b.Rows, shown)
	}
	slices.Sort(b.Labels)
	return b
}

// note keeps what the filter can choose from.
func (b *browser) note(c ablation.Case) {
	if kind := string(c.Kind); !slices.Contains(b.Kinds, kind) {
		b.Kinds = append(b.Kinds, kind)
	}
	if label := oneLine(c.At.Label); !slices.Contains(b.Labels, label) {
		b.Labels = append(b.Labels, label)
	}
	slices.SortFunc(b.Kinds, func(x, y string) int {
		return slices.Index(kinds, score.Kind(x)) - slices.Index(kinds, score.Kind(y))
	})
}

// spread takes at most n of the items, evenly, so that the last documents have their share.
func spread[T any](items []T, n int) []T {
	if len(items) <= n {
		return items
	}
	out := make([]T, n)
	for i := range out {
		out[i] = items[i*len(items)/n]
	}
	return out
}

func newCase(c ablation.Case) errorCase {
	gold, predicted := &c.At, (*ablation.Mark)(nil)
	if c.Kind == score.Spurious {
		gold, predicted = predicted, gold
	}
	e := errorCase{
		Kind: string(c.Kind), Label: oneLine(c.At.Label), Document: oneLine(c.DocID), Surface: oneLine(cut(c.Sentence, c.At)),
		Gold: pieces(c.Sentence, c.Gold, gold), Predicted: pieces(c.Sentence, c.Predicted, predicted),
	}
	for _, t := range c.Terms {
		e.Terms = append(e.Terms, oneLine(t))
	}
	for _, d := range c.Demonstrations {
		e.Shown = append(e.Shown, demonstration{oneLine(d.Ref), pieces(d.Text, d.Marks, nil)})
	}
	return e
}
