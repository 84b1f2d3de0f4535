package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/ragner/ragner/internal/ablation"
)

// row is a row with what the report knows of its place among the others.
type row struct {
	ablation.Row
	Number    int // from 1, the same in every table and chart
	Reference bool
	Best      bool
}

func newRows(r ablation.Results) []row {
	rows := make([]row, len(r.Rows))
	for i, x := range r.Rows {
		rows[i] = row{Row: x, Number: i + 1, Reference: r.Reference != "" && x.Name == r.Reference}
	}
	if ranked := best(rows, mainFigure(r)); len(ranked) > 0 {
		rows[ranked[0].Number-1].Best = true
	}
	return rows
}

// figure is something that rows are compared by.
type figure struct {
	Name string
	of   func(row) (ablation.Share, bool) // false: the row does not have it
}

var (
	strictF1 = figure{"strict F1", func(r row) (ablation.Share, bool) {
		if r.Evaluation == nil {
			return ablation.Share{}, false
		}
		m := r.Evaluation.Criteria.Strict.Micro
		return ablation.Share{Value: m.F1, Low: m.F1Low, High: m.F1High}, true
	}}
	tokenVote = evidenceFigure("token vote", func(e *ablation.Evidence) ablation.Share { return e.Vote })
	coverage  = evidenceFigure("coverage", func(e *ablation.Evidence) ablation.Share { return e.Coverage })
)

func evidenceFigure(name string, of func(*ablation.Evidence) ablation.Share) figure {
	return figure{name, func(r row) (ablation.Share, bool) {
		if r.Evidence == nil {
			return ablation.Share{}, false
		}
		return of(r.Evidence), true
	}}
}

// mainFigure is what rows are ranked by.
func mainFigure(r ablation.Results) figure {
	if r.Retrieval {
		return tokenVote
	}
	return strictF1
}

// charted are the figures that charts show, the main one first.
func charted(r ablation.Results) []figure {
	if r.Retrieval {
		return []figure{coverage, tokenVote}
	}
	return []figure{strictF1}
}

// best ranks the rows that have the figure: done ones before partial ones, which are scored on other documents. Of
// equal ones the reference comes first, then the table's order holds.
func best(rows []row, by figure) []row {
	ranked := having(rows, by)
	slices.SortStableFunc(ranked, func(a, b row) int {
		x, _ := by.of(a)
		y, _ := by.of(b)
		return cmp.Or(cmp.Compare(unfinished(a), unfinished(b)), cmp.Compare(y.Value, x.Value), cmp.Compare(notReference(a), notReference(b)))
	})
	return ranked
}

func notReference(r row) int {
	if r.Reference {
		return 0
	}
	return 1
}

func unfinished(r row) int {
	if r.State == ablation.Done {
		return 0
	}
	return 1
}

func having(rows []row, by figure) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		x, ok := by.of(r)
		return !ok || math.IsNaN(x.Value)
	})
}

// leaders are the best rows, at most n, with the reference row, in the table's order.
func leaders(rows []row, by figure, n int) []row {
	ranked := best(rows, by)
	out := slices.Clone(ranked[:min(n, len(ranked))])
	for _, r := range ranked[len(out):] {
		if r.Reference {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b row) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// tokens are those of prompts and answers, a sentence.
func (r row) tokens() (float64, bool) {
	e := r.Evaluation
	if e == nil || e.Sentences == 0 {
		return 0, false
	}
	return float64(e.PromptTokens+e.OutputTokens) / float64(e.Sentences), true
}

// seconds are those of tagging, a sentence.
func (r row) seconds() (float64, bool) {
	e := r.Evaluation
	if e == nil || e.Sentences == 0 {
		return 0, false
	}
	return e.Seconds / float64(e.Sentences), true
}

// Title is the row's name with what sets it apart, in words.
func (r row) Title() string { return oneLine(r.Name) + r.note() }

func (r row) note() string {
	note := ""
	for _, n := range []struct {
		holds bool
		word  string
	}{
		{r.Best, "best"},
		{r.Reference, "reference"},
		{r.State != ablation.Done, string(r.State)},
	} {
		if n.holds {
			note += ", " + n.word
		}
	}
	if note == "" {
		return ""
	}
	return " (" + note[2:] + ")"
}
