package score

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfusion(t *testing.T) {
	for _, c := range []struct{ name, gold, pred, want string }{
		{"nothing", "", "", `{}`},
		{"right, and a wrong border, are on the diagonal", "A:0-5 A:6-17", "A:0-5 A:6-11", `{"A":{"A":2}}`},
		{"a wrong label, with and without its border", "A:0-5 A:6-17", "B:0-5 C:6-11", `{"A":{"B":1,"C":1}}`},
		{"missed and spurious", "A:0-5", "B:6-11 B:12-17", `{"":{"B":2},"A":{"":1}}`},
		{"a span with two labels", "A:0-5 B:0-5", "B:0-5 C:0-5", `{"A":{"C":1},"B":{"B":1}}`},
		{"nested", "A:0-17 B:6-11", "B:0-17 B:6-11", `{"A":{"B":1},"B":{"B":1}}`},
		{"discontinuous, and in its gap", "A:0-5+12-17", "B:6-11 C:12-17", `{"":{"B":1},"A":{"C":1}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(Evaluate([]Pair{pairOf(t, c.gold, c.pred)}).Confusion)
			if err != nil || string(got) != c.want {
				t.Errorf("%s, want %s; error %v", got, c.want, err)
			}
		})
	}
}

// A report does not change when more is added.
func TestConfusionOfAReportStays(t *testing.T) {
	s := NewDefault()
	s.Add(pairOf(t, "A:0-5", "B:0-5"))
	first := s.Report().Confusion
	s.Add(pairOf(t, "A:0-5", "B:0-5"))
	if n := first["A"]["B"]; n != 1 {
		t.Errorf("counted %d, added 1 before the report", n)
	}
	if n := s.Report().Confusion["A"]["B"]; n != 2 {
		t.Errorf("counted %d, added 2", n)
	}
}

// Rows add up to gold, columns to predictions, and what is off the diagonal to the error kinds.
func TestConfusionAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		p := randomPair(r)
		p.TextDiffers = r.IntN(20) == 0
		report := Evaluate([]Pair{p})
		gold, pred, wrong := map[string]float64{}, map[string]float64{}, 0
		for g, row := range report.Confusion {
			for p, n := range row {
				gold[g] += float64(n)
				pred[p] += float64(n)
				if g != p && g != "" && p != "" {
					wrong += n
				}
			}
		}
		for label, f := range report.Criteria.Strict.Labels {
			if gold[label] != f.TP+f.FN || pred[label] != f.TP+f.FP {
				t.Fatalf("%s: %v gold and %v predicted, counts %+v", label, gold[label], pred[label], f.Counts)
			}
		}
		e := report.Errors
		if wrong != e.Label+e.Both || int(pred[""]) != e.Missed || int(gold[""]) != e.Spurious {
			t.Fatalf("confusion %v, errors %+v", report.Confusion, e)
		}
	}
}

// Twelve labels have a row each; of more, the most confused do.
func TestConfusionTable(t *testing.T) {
	few, many := Confusion{}, Confusion{}
	for i := range 12 {
		few.bump(fmt.Sprintf("Body_structure_%d", i), fmt.Sprintf("Body_structure_%d", i/2), i+1)
	}
	for i := range 30 {
		label := fmt.Sprintf("L%02d", i)
		many.bump(label, label, 100)
		many.bump(label, "", 1)
	}
	for i := 10; i < 20; i++ {
		many.bump(fmt.Sprintf("L%02d", i), "L25", 20-i)
	}
	many.bump("", "L03", 4)
	golden(t, "testdata/confusion.golden", strings.Join([]string{
		few.table(), many.table(), Confusion{"A": {"A": 3, "": 1}, "": {"A": 2}}.table(), Confusion{"A": {"B": 1}}.table(),
	}, "\n\n")+"\n")
	if diff := cmp.Diff([]string{"L10", "L11", "L25"}, many.mostConfused(3)); diff != "" {
		t.Error(diff)
	}
}
