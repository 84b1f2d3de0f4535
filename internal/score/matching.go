package score

// most is the greatest number of overlapping pairs that fit, each mention in one pair at most: a maximum
// bipartite matching by augmenting paths (Kuhn 1955), which no order of the input can change.
func most(gold neighbourhood, pred []mention, fits func(g, p mention) bool) int {
	m := matching{gold: gold, pred: pred, fits: fits, partner: make([]int, len(gold.list))}
	n := 0
	for p := range pred {
		if m.augment(p, map[int]bool{}) {
			n++
		}
	}
	return n
}

// matching is a bipartite matching that grows.
type matching struct {
	gold    neighbourhood
	pred    []mention
	fits    func(g, p mention) bool
	partner []int // of a gold mention: its prediction's position plus one, 0 while it is free
}

// augment finds a partner for prediction p, moving others to another of theirs where it must.
func (m *matching) augment(p int, tried map[int]bool) bool {
	for g := range m.gold.of(m.pred[p]) {
		if tried[g] || !m.fits(m.gold.list[g], m.pred[p]) {
			continue
		}
		tried[g] = true
		if m.partner[g] == 0 || m.augment(m.partner[g]-1, tried) {
			m.partner[g] = p + 1
			return true
		}
	}
	return false
}
