package score

import (
	"maps"
	"slices"
)

// Criterion is a rule of what counts as found.
type Criterion int

// The criteria, in the order of every output.
const (
	Strict  Criterion = iota // same fragments, same label
	Exact                    // same fragments
	Partial                  // SemEval-2013 task 9.1: same fragments 1, overlap ½, whatever the label
	Type                     // SemEval-2013 task 9.1: overlap and the same label
	Overlap                  // same label, a code point in common, paired one to one as often as possible
	criteria
)

// AllCriteria lists the criteria in order.
func AllCriteria() []Criterion { return []Criterion{Strict, Exact, Partial, Type, Overlap} }

// String is the criterion's key in JSON.
func (c Criterion) String() string {
	return [...]string{"strict", "exact", "partial", "type", "overlap"}[c]
}

// Counts are what ratios derive from; they add over documents. TP+FP is the number of predicted mentions and
// TP+FN that of gold ones. Partial gives half credits, so TP may end in .5; FP and FN then hold the other half.
type Counts struct {
	TP float64 `json:"tp"`
	FP float64 `json:"fp"`
	FN float64 `json:"fn"`
}

// counted makes counts of a credit out of so many gold and predicted mentions.
func counted(credit float64, gold, pred int) Counts {
	return Counts{TP: credit, FP: float64(pred) - credit, FN: float64(gold) - credit}
}

// Add adds d to c.
func (c *Counts) Add(d Counts) {
	c.TP += d.TP
	c.FP += d.FP
	c.FN += d.FN
}

// Ratios derives precision, recall and F1; each is 0 where its denominator is.
func (c Counts) Ratios() Ratios {
	return Ratios{ratio(c.TP, c.TP+c.FP), ratio(c.TP, c.TP+c.FN), c.f1()}
}

// f1 is the harmonic mean of precision and recall, 0 when there is nothing to count.
func (c Counts) f1() float64 { return ratio(2*c.TP, 2*c.TP+c.FP+c.FN) }

// Figures are the counts with their ratios.
func (c Counts) Figures() Figures { return Figures{c, c.Ratios()} }

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Ratios lie between 0 and 1.
type Ratios struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Figures are counts and the ratios derived from them.
type Figures struct {
	Counts
	Ratios
}

// Tally holds counts by criterion.
type Tally [criteria]Counts

// Add adds u to t.
func (t *Tally) Add(u Tally) {
	for c := range t {
		t[c].Add(u[c])
	}
}

// DocCounts are one document's counts over all its labels: the unit that the bootstrap draws.
type DocCounts struct {
	ID    string
	Tally Tally
}

// macro is the plain mean over the labels that gold or predictions have; its F1 is the mean of the labels' F1.
// It adds in the order of the labels, so that the last digit is the same on every run.
func macro(labels map[string]Figures) Ratios {
	var sum Ratios
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		r := labels[label].Ratios
		sum.Precision += r.Precision
		sum.Recall += r.Recall
		sum.F1 += r.F1
	}
	n := float64(len(labels))
	return Ratios{ratio(sum.Precision, n), ratio(sum.Recall, n), ratio(sum.F1, n)}
}
