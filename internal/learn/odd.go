package learn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ragner/ragner/corpora"
)

// Odd corpora are learned from as far as they go; what cannot be learned is told, and neighbours tags.

// unlearnable says why no tagger can be learned from sentences that are not too few.
type unlearnable struct{ why string }

func (u unlearnable) Error() string { return u.why }

// whyNot is the reason of an unlearnable error.
func whyNot(err error) (why string, ok bool) {
	var u unlearnable
	ok = errors.As(err, &u)
	return u.why, ok
}

// shownGroups deals the labels that have a mention with tags to groups. The other labels, whose every mention is
// discontinuous, are told, with the number of their mentions. The error is unlearnable where nothing is left, or where
// there are more labels than tags.
func shownGroups(examples []corpora.Annotated) (groups [][]string, hidden []string, lost int, err error) {
	o := countOverlaps(examples)
	shown := shownLabels(examples)
	for label, n := range o.mentions {
		if !shown[label] {
			hidden, lost = append(hidden, label), lost+n
			delete(o.mentions, label)
		}
	}
	slices.Sort(hidden)
	if len(o.mentions) == 0 {
		return nil, nil, 0, unlearnable{"every mention is discontinuous, and such have no tags; neighbours tags"}
	}
	if n := len(o.mentions); n > mostLabels {
		return nil, nil, 0, unlearnable{fmt.Sprintf("%d labels are too many, at most %d can be learned; neighbours tags", n, mostLabels)}
	}
	return o.groups(), hidden, lost, nil
}

// shownLabels are the labels that have a mention which, by itself, has tags.
func shownLabels(examples []corpora.Annotated) map[string]bool {
	shown := map[string]bool{}
	for _, a := range examples {
		for _, e := range a.Entities {
			if shown[e.Label] {
				continue
			}
			alone := a
			alone.Entities = []corpora.Entity{e}
			flat, _ := corpora.Flatten(alone)
			shown[e.Label] = len(flat) > 0
		}
	}
	return shown
}

// oddities tells of what a tagger was learned from in spite of it, "" where there is nothing odd.
func oddities(s source, hidden []string) string {
	var told []string
	if s.sentences < s.all {
		told = append(told, fmt.Sprintf("the learned tagger was shown %d of %d annotated sentences, stretches from all over the corpora", s.sentences, s.all))
	}
	if len(hidden) > 0 {
		told = append(told, fmt.Sprintf("the learned tagger does not know the labels %s: all of their mentions are discontinuous", strings.Join(hidden, ", ")))
	}
	if len(s.documents) == 1 {
		told = append(told, "there is one annotated document only, so the learned tagger was shown nothing of what the index says of a text; "+
			"it gets better with the same text in several documents")
	}
	if odd := strangers(s.documents); odd != "" {
		told = append(told, odd)
	}
	return strings.Join(told, "; ")
}

// foldSentences is how many sentences in a row go to one fold where there are fewer documents than folds.
const foldSentences = 20

// foldOf is the fold of a document's sentence, of so many.
func (s source) foldOf(doc, sentence, of int) int {
	if len(s.documents) >= foldCount {
		return s.folds[doc]
	}
	row := max(min(foldSentences, of/foldCount), 1)
	return sentence / row % foldCount
}
