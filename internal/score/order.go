package score

// byOrder pairs tokenised documents that ids do not settle, changing partner, and says how many it paired so.
// CoNLL files seldom have ids: the reader numbers their sentences ("test-1"), so two files with other names share
// no id, and a sentence that one file lacks gives all later ones a wrong id. Where both sides have as many such
// documents, the n-th goes with the n-th; else the n-th of a text goes with the n-th of that text. Those in step keep
// their partners either way, for before them there are as many of everything on both sides; they are counted.
func byOrder(v *view, partner []int) int {
	n := 0
	if numbersMislead(v, partner) {
		forgetNumbers(v.gold.heads, partner)
		n = v.numbered
	}
	loose, free := looseDocuments(v, partner)
	if len(loose) == len(free) {
		for i, g := range loose {
			partner[g] = free[i]
		}
		return n + len(loose)
	}
	return n + byText(v, partner, loose, free)
}

// numbersMislead reports whether a number that a reader gave joins two different texts.
func numbersMislead(v *view, partner []int) bool {
	for g, p := range partner {
		if p >= 0 && v.gold.heads[g].numbered && v.pred.heads[p].numbered && v.gold.heads[g].ink != v.pred.heads[p].ink {
			return true
		}
	}
	return false
}

// forgetNumbers parts all that numbers alone had paired.
func forgetNumbers(gold []head, partner []int) {
	for g, h := range gold {
		if h.numbered {
			partner[g] = -1
		}
	}
}

// looseDocuments are the tokenised documents of both sides without a partner.
func looseDocuments(v *view, partner []int) (loose, free []int) {
	settled := make([]bool, len(v.pred.heads))
	for g, p := range partner {
		switch {
		case p >= 0:
			settled[p] = true
		case v.gold.heads[g].tokenised:
			loose = append(loose, g)
		}
	}
	for p, h := range v.pred.heads {
		if !settled[p] && h.tokenised {
			free = append(free, p)
		}
	}
	return loose, free
}

// byText pairs documents of equal text, the n-th of a text with the n-th, and says how many.
func byText(v *view, partner, loose, free []int) int {
	at := map[digest][]int{}
	for _, p := range free {
		key := v.pred.heads[p].ink
		at[key] = append(at[key], p)
	}
	n := 0
	for _, g := range loose {
		key := v.gold.heads[g].ink
		if queue := at[key]; len(queue) > 0 {
			partner[g], at[key] = queue[0], queue[1:]
			n++
		}
	}
	return n
}
