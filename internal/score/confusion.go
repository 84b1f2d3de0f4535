package score

// Confusion counts, for gold mentions and predictions that were paired as for the error kinds, which label became
// which: Confusion[gold][predicted]; right ones and those with a wrong border only are on the diagonal. Missed
// mentions are under predicted "", spurious predictions under gold "". A row adds up to the gold mentions of its
// label, a column to the predictions.
type Confusion map[string]map[string]int

// add counts one comparison, whose links are given.
func (c Confusion) add(s sides, ls []link) {
	for g, p := range partners(ls, len(s.gold), func(l link) (int, int) { return l.gold, l.pred }) {
		predicted := ""
		if p >= 0 {
			predicted = s.pred[p].label
		}
		c.bump(s.gold[g].label, predicted, 1)
	}
	for p, g := range partners(ls, len(s.pred), func(l link) (int, int) { return l.pred, l.gold }) {
		if g < 0 {
			c.bump("", s.pred[p].label, 1)
		}
	}
}

func (c Confusion) bump(gold, predicted string, by int) {
	if c[gold] == nil {
		c[gold] = map[string]int{}
	}
	c[gold][predicted] += by
}

// renamed is a copy with other names of the labels; those that get the same name are added up. "" stays.
func (c Confusion) renamed(name func(label string) string) Confusion {
	of := func(label string) string {
		if label == "" {
			return ""
		}
		return name(label)
	}
	out := Confusion{}
	for gold, row := range c {
		for predicted, n := range row {
			out.bump(of(gold), of(predicted), n)
		}
	}
	return out
}
