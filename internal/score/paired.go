package score

import (
	"iter"

	"github.com/ragner/ragner/corpora"
)

// Paired knows which documents of two collections go together, and how it found out: of those that stand at the same
// place on both sides only their number, of each other one its place.
type Paired struct {
	Pairing
	gold, pred Documents
	inStep     int   // so many documents go with the one at their own place
	partner    []int // of each gold document after those: the place of its prediction, or -1
}

// Match pairs documents by id, the n-th of an id with the n-th of that id. Tokenised documents (those that state
// their sentences) which find no partner so, or only by a reader's numbering that joins different texts, are
// then paired by order: position for position where there are as many on both sides, else by equal text, the
// n-th with the n-th. Where only one side marks documents, see regroup. An error is one of reading.
func Match(gold, pred Documents) (*Paired, error) {
	v, err := look(gold, pred)
	if err != nil {
		return nil, err
	}
	m := &Paired{gold: gold, pred: pred, inStep: v.inStep}
	m.Duplicate = v.repeated.list
	if m.Regrouped, err = v.canRegroup(pred); err != nil {
		return nil, err
	}
	if m.Regrouped {
		m.ByOrder, m.inStep = gold.Len(), gold.Len()
		return m, nil
	}
	m.settle(v)
	return m, nil
}

// settle pairs the documents that are not in step.
func (m *Paired) settle(v *view) {
	partner := byID(v.gold.heads, v.pred.heads)
	m.ByOrder = byOrder(v, partner)
	used := make([]bool, len(v.pred.heads))
	for g, p := range partner {
		if p < 0 {
			m.Missing = append(m.Missing, v.gold.heads[g].id)
			continue
		}
		used[p] = true
		partner[g] += v.inStep
	}
	for p, h := range v.pred.heads {
		if !used[p] {
			m.Surplus = append(m.Surplus, h.id)
		}
	}
	m.partner = partner
	m.ByID = m.gold.Len() - len(m.Missing) - m.ByOrder
}

// byID gives for each gold document the place of its prediction, or -1.
func byID(gold, pred []head) []int {
	at := map[string][]int{}
	for i, p := range pred {
		at[p.id] = append(at[p.id], i)
	}
	partner := make([]int, len(gold))
	for i, g := range gold {
		partner[i] = -1
		if queue := at[g.id]; len(queue) > 0 {
			partner[i], at[g.id] = queue[0], queue[1:]
		}
	}
	return partner
}

// Pairs yields a pair for each gold document, in gold's order, and ends with the first error. It can be called again.
func (m *Paired) Pairs() iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		prediction, stop := m.predictions()
		defer stop()
		i := 0
		for gold, err := range m.gold.All() {
			pair := Pair{Gold: gold}
			if found := err == nil && (i < m.inStep || m.partner[i-m.inStep] >= 0); found {
				var pred corpora.Document
				if pred, err = prediction(i, gold); err == nil {
					pair = Join(gold, pred)
				}
			}
			if !yield(pair, err) || err != nil {
				return
			}
			i++
		}
	}
}

// predictions gives a function that finds the prediction for gold document i, which has one. Those in step it reads
// one after the other.
func (m *Paired) predictions() (find func(i int, gold corpora.Document) (corpora.Document, error), stop func()) {
	if m.Regrouped {
		next, stop := iter.Pull2(annotated(m.pred))
		return func(_ int, gold corpora.Document) (corpora.Document, error) { return cut(gold, next) }, stop
	}
	next, stop := iter.Pull2(m.pred.All())
	return func(i int, _ corpora.Document) (corpora.Document, error) {
		if i >= m.inStep {
			return m.pred.At(m.partner[i-m.inStep])
		}
		doc, err, _ := next()
		return doc, err
	}, stop
}
