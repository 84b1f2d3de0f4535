package score

import "github.com/ragner/ragner/corpora"

// Divide splits a pair in two by a property of mentions, such as "its surface stands in the index". A gold
// mention goes where seen says. A prediction goes with the gold mention it is paired with (as for the error
// kinds), so that a wrong border counts against the mention it was meant for, and where seen says for itself
// when it is paired with none. Offsets given to seen are those of text.
func Divide(p Pair, seen func(text string, e corpora.Entity) bool) (yes, no Pair) {
	yes, no = p.empty(), p.empty()
	side := map[bool]*Pair{true: &yes, false: &no}
	gold, pred := p.mentions()
	for _, s := range p.comparable(gold, pred) {
		where := make([]bool, len(s.gold))
		for g, m := range s.gold {
			where[g] = seen(p.Gold.Text, m.entity)
			side[where[g]].Gold.Entities = append(side[where[g]].Gold.Entities, m.entity)
		}
		to := partners(links(s.gold, s.pred), len(s.pred), func(l link) (int, int) { return l.pred, l.gold })
		for i, m := range s.pred {
			at := false
			if g := to[i]; g >= 0 {
				at = where[g]
			} else {
				at = seen(p.Pred.Text, m.entity)
			}
			side[at].Pred.Entities = append(side[at].Pred.Entities, m.entity)
		}
	}
	return yes, no
}

// empty is p without its entities.
func (p Pair) empty() Pair {
	p.Gold.Entities, p.Pred.Entities = nil, nil
	return p
}

// Split scores the mentions for which seen holds and the others apart, with the default options.
func Split(pairs []Pair, seen func(text string, e corpora.Entity) bool) (yes, no Criteria) {
	var with, without []Pair
	for _, p := range pairs {
		y, n := Divide(p, seen)
		with, without = append(with, y), append(without, n)
	}
	return Evaluate(with).Criteria, Evaluate(without).Criteria
}
