package ablation

import (
	"slices"

	"github.com/ragner/ragner/internal/score"
)

// testName says how rows are tested.
func testName(retrievalOnly bool) string {
	figure := "strict micro F1"
	if retrievalOnly {
		figure = "token vote F1"
	}
	return "difference in " + figure + " to the reference over the documents that both rows have; 95 % interval and p by " +
		"paired bootstrap over documents (10,000 resamples, Efron and Tibshirani 1993), p corrected for all rows by Holm (1979)"
}

// resamples of a test; p cannot be smaller than 2 divided by it, and Holm's correction multiplies it.
const resamples = 10000

// compare tests every row that has figures against the reference.
func compare(r *Results) {
	at := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Name == r.Reference })
	if at < 0 || len(r.Rows[at].Counts) == 0 {
		return
	}
	var tested []*Row
	var ps []float64
	for i := range r.Rows {
		row := &r.Rows[i]
		if i == at || len(row.Counts) == 0 {
			row.Against = nil
			continue
		}
		// After each row all are compared, but only what has grown needs the draws.
		if sizes := [2]int{len(r.Rows[at].Counts), len(row.Counts)}; row.Against == nil || row.compared != sizes {
			row.Against, row.compared = against(r.Rows[at].Counts, row.Counts), sizes
		}
		if row.Against != nil {
			tested, ps = append(tested, row), append(ps, row.Against.P)
		}
	}
	for i, p := range score.Holm(ps) {
		tested[i].Against.PHolm = p
	}
}

// against compares two rows over the documents that both have; nil where there is none.
func against(reference, counts []score.DocCounts) *Against {
	a, b := shared(reference, counts)
	options := score.Defaults()
	options.Resamples = resamples
	c, err := score.PairedBootstrap(a, b, score.Strict, options)
	if err != nil || len(a) == 0 {
		return nil
	}
	return &Against{Delta: c.Delta, Low: c.Low, High: c.High, P: c.P, Documents: len(a)}
}

// shared keeps the documents that both have, in order. An id that stands twice is paired in order.
func shared(a, b []score.DocCounts) (x, y []score.DocCounts) {
	places := map[string][]int{}
	for i, d := range b {
		places[d.ID] = append(places[d.ID], i)
	}
	for _, d := range a {
		if at := places[d.ID]; len(at) > 0 {
			x, y = append(x, d), append(y, b[at[0]])
			places[d.ID] = at[1:]
		}
	}
	return x, y
}
