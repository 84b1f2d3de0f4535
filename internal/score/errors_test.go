package score

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

func TestErrorCases(t *testing.T) {
	for _, c := range []struct{ name, gold, pred, want string }{
		{"right", "A:0-5", "A:0-5", ""},
		{"border", "A:0-11", "A:0-5", "boundary A0 A0"},
		{"label", "A:0-5", "B:0-5", "label A0 B0"},
		{"both", "A:0-11", "B:0-5", "both A0 B0"},
		{"missed", "A:0-5", "", "missed A0 -"},
		{"spurious", "", "A:0-5", "spurious - A0"},
		{"the hit is not taken by a nested prediction", "A:0-11", "A:0-5 A:0-11", "spurious - A0"},
		{"a label error before a border error", "A:0-5", "A:0-11 B:0-5", "label A0 B0; spurious - A0"},
		{"a border error before both", "A:0-17", "B:0-11 A:12-17", "boundary A0 A12; spurious - B0"},
		{"the more alike first", "A:0-17", "A:0-5 A:6-17", "boundary A0 A6; spurious - A0"},
		{"a split mention counts once", "A:0-11", "A:0-5 A:6-11", "boundary A0 A0; spurious - A6"},
		{"one prediction over two mentions", "A:0-5 A:6-11", "A:0-11", "boundary A0 A0; missed A6 -"},
		{"in the gap", "A:0-5+12-17", "A:6-11", "missed A0 -; spurious - A6"},
		{"in gold's order, then the spurious", "A:0-5 A:12-17", "B:12-17 C:6-11", "missed A0 -; label A12 B12; spurious - C6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, e := range ErrorCases(pairOf(t, c.gold, c.pred)) {
				got = append(got, fmt.Sprintf("%s %s %s", e.Kind, brief(e.Gold), brief(e.Pred)))
				if e.DocID != "d" {
					t.Errorf("document %q", e.DocID)
				}
			}
			if joined := strings.Join(got, "; "); joined != c.want {
				t.Errorf("%s, want %s", joined, c.want)
			}
		})
	}
}

func brief(e *corpora.Entity) string {
	if e == nil {
		return "-"
	}
	return fmt.Sprint(e.Label, e.Start())
}

func TestDivide(t *testing.T) {
	seen := func(text string, e corpora.Entity) bool { return strings.HasPrefix(e.Surface(text), "a") }
	yes, no := Divide(pairOf(t, "A:0-5 A:6-17 A:24-29", "A:0-11 B:12-17 A:18-23 A:24-29"), seen)
	for _, c := range []struct {
		p          Pair
		gold, pred string
	}{
		{yes, "A0", "A0"},
		// The spurious A18 is not seen; B12 belongs to the gold mention it overlaps.
		{no, "A6 A24", "B12 A18 A24"},
	} {
		if got := briefs(c.p.Gold.Entities); got != c.gold {
			t.Errorf("gold %s, want %s", got, c.gold)
		}
		if got := briefs(c.p.Pred.Entities); got != c.pred {
			t.Errorf("predicted %s, want %s", got, c.pred)
		}
	}
	with, without := Split([]Pair{pairOf(t, "A:0-5 A:6-17", "A:0-5")}, seen)
	if with.Strict.Micro.F1 != 1 || without.Strict.Micro.Counts != (Counts{0, 0, 1}) {
		t.Errorf("seen %+v, unseen %+v", with.Strict.Micro, without.Strict.Micro)
	}
}

// Both halves of a divided pair whose texts differ keep all mentions.
func TestDivideTextDiffers(t *testing.T) {
	p := pairOf(t, "A:0-5 A:6-11", "A:0-5")
	p.TextDiffers = true
	yes, no := Divide(p, func(string, corpora.Entity) bool { return true })
	if len(yes.Gold.Entities) != 2 || len(yes.Pred.Entities) != 1 || !yes.TextDiffers || len(no.Gold.Entities) != 0 {
		t.Errorf("seen %+v, unseen %+v", yes, no)
	}
}

func briefs(es []corpora.Entity) string {
	var out []string
	for _, e := range es {
		out = append(out, brief(&e))
	}
	return strings.Join(out, " ")
}
