package score

import "github.com/ragner/ragner/corpora"

// Pair is a gold document with what was predicted for it. The offsets of both are of the gold text, unless
// TextDiffers.
type Pair struct {
	Gold, Pred  corpora.Document
	TextDiffers bool // other texts, beyond white space: nothing can be compared
	Realigned   bool // other white space: the prediction's offsets were carried over
}

// Join makes a pair whose offsets can be compared, where that is possible.
func Join(gold, pred corpora.Document) Pair {
	switch {
	case pred.Err != nil:
		return Pair{Gold: gold, Pred: corpora.Document{ID: pred.ID, Text: gold.Text, Err: pred.Err}}
	case gold.Text == pred.Text:
		return Pair{Gold: gold, Pred: pred}
	case sameInk(gold.Text, pred.Text):
		return Pair{Gold: gold, Pred: realign(pred, gold.Text), Realigned: true}
	}
	return Pair{Gold: gold, Pred: pred, TextDiffers: true}
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

// Note adds what became of a pair to TextDiffer, Realigned and Failed, which are known only once it is made.
func (p *Pairing) Note(pair Pair) {
	switch id := pair.Gold.ID; {
	case pair.Pred.Err != nil:
		p.Failed = append(p.Failed, id)
	case pair.TextDiffers:
		p.TextDiffer = append(p.TextDiffer, id)
	case pair.Realigned:
		p.Realigned = append(p.Realigned, id)
	}
}

// Pairs pairs documents that are in memory, as Match does, and notes what became of each pair.
func Pairs(gold, pred []corpora.Document) ([]Pair, Pairing) {
	pairs := make([]Pair, 0, len(gold))
	m, err := Match(InMemory(gold), InMemory(pred))
	if err == nil {
		for pair, failed := range m.Pairs() {
			err = failed
			m.Note(pair)
			pairs = append(pairs, pair)
		}
	}
	if err != nil {
		panic(err) // memory can be read
	}
	return pairs, m.Pairing
}
