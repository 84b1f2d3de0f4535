package score

import (
	"slices"

	"github.com/ragner/ragner/corpora"
)

// Pair is a gold document with what was predicted for it. The offsets of both are of the gold text, unless
// TextDiffers.
type Pair struct {
	Gold, Pred  corpora.Document
	TextDiffers bool // other texts, beyond white space: nothing can be compared
}

// Pairing says how documents were paired, for the user to read. Each list holds document ids in gold's order
// (Surplus in the predictions').
type Pairing struct {
	ByID       int      // pairs found by their ids
	ByOrder    int      // tokenised pairs without a common id, by their order
	Regrouped  bool     // the predicted sentences were cut into documents as gold's are, by their order
	Missing    []string // gold documents without prediction: scored as if nothing had been predicted
	Surplus    []string // predicted documents without gold: left out of every figure
	Duplicate  []string // ids that stand more than once on a side: the first goes with the first
	TextDiffer []string // pairs with TextDiffers
	Realigned  []string // pairs whose texts differ in white space only: offsets were carried over
	Failed     []string // predicted documents with an error in place of entities
}

// Clean reports whether each document was paired and has its prediction.
func (p Pairing) Clean() bool {
	return len(p.Missing)+len(p.Surplus)+len(p.Duplicate)+len(p.TextDiffer)+len(p.Failed) == 0
}

// Pairs pairs documents by id, the n-th of an id with the n-th of that id. Tokenised documents (those that state
// their sentences) which find no partner so, or only by a reader's numbering that joins different texts, are
// then paired by order: position for position where there are as many on both sides, else by equal text, the
// n-th with the n-th. Where only one side marks documents, see regroup. The result has a pair for each gold document, in gold's order.
func Pairs(gold, pred []corpora.Document) ([]Pair, Pairing) {
	var report Pairing
	if cut, ok := regroup(gold, pred); ok {
		pred, report.Regrouped = cut, true
	}
	report.Duplicate = repeated(gold, pred)
	partner := byID(gold, pred)
	report.ByOrder = byOrder(gold, pred, partner)
	if report.Regrouped {
		report.ByOrder = len(gold)
	}
	used := make([]bool, len(pred))
	pairs := make([]Pair, len(gold))
	for i, g := range gold {
		pairs[i] = Pair{Gold: g}
		if partner[i] < 0 {
			report.Missing = append(report.Missing, g.ID)
			continue
		}
		used[partner[i]] = true
		pairs[i] = report.join(g, pred[partner[i]])
	}
	report.ByID = len(gold) - len(report.Missing) - report.ByOrder
	for i, p := range pred {
		if !used[i] {
			report.Surplus = append(report.Surplus, p.ID)
		}
	}
	return pairs, report
}

// join makes a pair whose offsets can be compared, where that is possible, and notes what it did.
func (r *Pairing) join(gold, pred corpora.Document) Pair {
	if pred.Err != nil {
		r.Failed = append(r.Failed, gold.ID)
		return Pair{Gold: gold, Pred: corpora.Document{ID: pred.ID, Text: gold.Text, Err: pred.Err}}
	}
	pair := Pair{Gold: gold, Pred: pred}
	if gold.Text == pred.Text {
		return pair
	}
	if !sameInk(gold.Text, pred.Text) {
		r.TextDiffer = append(r.TextDiffer, gold.ID)
		pair.TextDiffers = true
		return pair
	}
	r.Realigned = append(r.Realigned, gold.ID)
	pair.Pred = realign(pred, gold.Text)
	return pair
}

// byID gives for each gold document the position of its prediction, or -1.
func byID(gold, pred []corpora.Document) []int {
	at := map[string][]int{}
	for i, p := range pred {
		at[p.ID] = append(at[p.ID], i)
	}
	partner := make([]int, len(gold))
	for i, g := range gold {
		partner[i] = -1
		if queue := at[g.ID]; len(queue) > 0 {
			partner[i], at[g.ID] = queue[0], queue[1:]
		}
	}
	return partner
}

// repeated lists the ids that stand more than once in gold or in pred.
func repeated(sets ...[]corpora.Document) []string {
	var out []string
	for _, docs := range sets {
		count := map[string]int{}
		for _, d := range docs {
			if count[d.ID]++; count[d.ID] == 2 && !slices.Contains(out, d.ID) {
				out = append(out, d.ID)
			}
		}
	}
	return out
}
