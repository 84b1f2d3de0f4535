package lexicon

import (
	"math"
	"testing"
)

func TestNovelCountsMentionsThatOnlyTheirOwnSentenceKnows(t *testing.T) {
	l := build(t, []string{
		"[breast cancer|Disease] runs in families",
		"the risk of [breast cancer|Disease]",
		"a case of [scurvy|Disease]",               // novel
		"[aspirin|Drug] and [rare drug|Drug] help", // novel both
	}, nil)
	// The rate is drawn towards one half with a weight of two trials.
	if got, want := l.Novel("Disease"), (1+1.0)/(3+2); math.Abs(got-want) > 1e-9 {
		t.Errorf("Novel(Disease) = %v, want %v", got, want)
	}
	if got, want := l.Novel("Drug"), (2+1.0)/(2+2); math.Abs(got-want) > 1e-9 {
		t.Errorf("Novel(Drug) = %v, want %v", got, want)
	}
	if got := l.Novel("Gene"); got != 0.5 {
		t.Errorf("Novel of an unknown label = %v, want 0.5", got)
	}
}
