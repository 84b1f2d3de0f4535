package score

import (
	"strconv"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// byOrder pairs tokenised documents that ids do not settle, changing partner, and says how many it paired so.
// CoNLL files seldom have ids: the reader numbers their sentences ("test-1"), so two files with other names share
// no id, and a sentence that one file lacks gives all later ones a wrong id. Where both sides have as many such
// documents, the n-th goes with the n-th; else the n-th of a text goes with the n-th of that text.
func byOrder(gold, pred []corpora.Document, partner []int) int {
	if numbersMislead(gold, pred, partner) {
		forgetNumbers(gold, partner)
	}
	loose, free := looseDocuments(gold, pred, partner)
	if len(loose) == len(free) {
		for n, g := range loose {
			partner[g] = free[n]
		}
		return len(loose)
	}
	return byText(gold, pred, partner, loose, free)
}

// numbersMislead reports whether a number that a reader gave joins two different texts.
func numbersMislead(gold, pred []corpora.Document, partner []int) bool {
	numberedGold, numberedPred := numbered(gold), numbered(pred)
	for g, p := range partner {
		if p >= 0 && numberedGold[g] && numberedPred[p] && !sameInk(gold[g].Text, pred[p].Text) {
			return true
		}
	}
	return false
}

// forgetNumbers parts all that numbers alone had paired.
func forgetNumbers(gold []corpora.Document, partner []int) {
	for g, is := range numbered(gold) {
		if is {
			partner[g] = -1
		}
	}
}

// numbered says of each document whether it is tokenised and its id looks like a reader's: a name, "-" and a
// number greater than the last one with that name (a sentence that could not be read leaves a gap).
func numbered(docs []corpora.Document) []bool {
	out, last := make([]bool, len(docs)), map[string]int{}
	for i, d := range docs {
		cut := strings.LastIndexByte(d.ID, '-')
		if cut < 0 || !tokenised(d) {
			continue
		}
		name, digits := d.ID[:cut], d.ID[cut+1:]
		n, err := strconv.Atoi(digits)
		if err == nil && n > last[name] && strconv.Itoa(n) == digits {
			out[i], last[name] = true, n
		}
	}
	return out
}

// looseDocuments are the tokenised documents of both sides without a partner.
func looseDocuments(gold, pred []corpora.Document, partner []int) (loose, free []int) {
	settled := make([]bool, len(pred))
	for g, p := range partner {
		switch {
		case p >= 0:
			settled[p] = true
		case tokenised(gold[g]):
			loose = append(loose, g)
		}
	}
	for p, d := range pred {
		if !settled[p] && tokenised(d) {
			free = append(free, p)
		}
	}
	return loose, free
}

// byText pairs documents of equal text, the n-th of a text with the n-th, and says how many.
func byText(gold, pred []corpora.Document, partner, loose, free []int) int {
	at := map[string][]int{}
	for _, p := range free {
		key := ink(pred[p].Text)
		at[key] = append(at[key], p)
	}
	n := 0
	for _, g := range loose {
		key := ink(gold[g].Text)
		if queue := at[key]; len(queue) > 0 {
			partner[g], at[key] = queue[0], queue[1:]
			n++
		}
	}
	return n
}

// tokenised reports whether d states its sentences, as CoNLL does. A failed document states none.
func tokenised(d corpora.Document) bool { return len(d.Sentences) > 0 }
