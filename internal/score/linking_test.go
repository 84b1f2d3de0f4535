package score

import (
	"math"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
)

// concepts gives the entities of a pair's side their ids, in order; "" is none, "|" parts ids.
func concepts(es []corpora.Entity, ids ...string) {
	for i, id := range ids {
		es[i].Concepts = nil
		if id != "" {
			es[i].Concepts = strings.Split(id, "|")
		}
	}
}

func TestLinking(t *testing.T) {
	p := pairOf(t, "A:0-5 A:6-11 A:12-17 A:18-23 A:24-29", "A:0-5 A:6-11 A:12-17 A:18-22 A:24-29")
	concepts(p.Gold.Entities, "D000001", "MESH:D000002+D000003", "OMIM:4", "MESH:D000005", "")
	concepts(p.Pred.Entities, "MESH:D000001", "MESH:D000003", "OMIM:9", "MESH:D000005", "")
	p.Pred.Entities[2].Links = []corpora.Link{{ID: "OMIM:9", Score: .6}, {ID: "MIM:4", Score: .3}}
	given := p.Gold
	given.Entities = append([]corpora.Entity(nil), p.Gold.Entities...)
	concepts(given.Entities, "MESH:D000009|MESH:D000001", "MESH:D000002", "", "MESH:D000005", "MESH:D000006")
	var l Link
	l.Add(p, &given, func(id string) bool { return id != "OMIM:4" })
	x := l.Linking()
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
	near("found mentions", float64(x.Found.Mentions), 3)
	near("found at 1", x.Found.AtOne, 2.0/3)
	near("found at 5", x.Found.AtFive, 1)
	near("given mentions", float64(x.Given.Mentions), 4)
	near("given at 1", x.Given.AtOne, 2.0/4)
	near("given at 5", x.Given.AtFive, 3.0/4)
	if c := x.Found.Calibration; c == nil || c.Predictions != 1 || math.Abs(c.Error-.6) > 1e-9 || x.Given.Calibration != nil {
		t.Errorf("scores of first ids %+v, of those at gold borders %+v", c, x.Given.Calibration)
	}
	near("coverage", x.Coverage.Share, 3.0/4)
	if want := (Counts{TP: 3, FP: 2, FN: 2}); x.Strict.Counts != want { // two with the right concept, one rightly without
		t.Errorf("strict %v, want %v", x.Strict.Counts, want)
	}
	if want := (Counts{TP: 3, FP: 1, FN: 2}); x.Documents.Counts != want {
		t.Errorf("documents %v, want %v", x.Documents.Counts, want)
	}
	for _, part := range []string{"0.5000 of 4 mentions at their gold borders", "an id of 0.7500", "0.6667 of 3 found mentions", "strict F1 with the right concept 0.6000"} {
		if !strings.Contains(x.lines(), part) {
			t.Errorf("%q lacks %q", x.lines(), part)
		}
	}
}

// Without ids in gold, or in the predictions, there is nothing to say; other texts have nothing in common.
func TestLinkingWithoutIDs(t *testing.T) {
	bare := pairOf(t, "A:0-5", "A:0-5")
	concepts(bare.Gold.Entities, "")
	concepts(bare.Pred.Entities, "X:1")
	if r := Evaluate([]Pair{bare}); r.Linking != nil {
		t.Errorf("gold without ids: %+v", r.Linking)
	}
	concepts(bare.Gold.Entities, "X:1")
	concepts(bare.Pred.Entities, "")
	if r := Evaluate([]Pair{bare}); r.Linking != nil {
		t.Errorf("predictions without ids: %+v", r.Linking)
	}
	concepts(bare.Pred.Entities, "X:1")
	if r := Evaluate([]Pair{bare}); r.Linking == nil || r.Linking.Strict.F1 != 1 || r.Linking.Given != nil || r.Linking.Coverage != nil {
		t.Errorf("both with ids: %+v", r.Linking)
	}
	bare.TextDiffers = true
	if r := Evaluate([]Pair{bare}); r.Linking.Strict.Counts != (Counts{FP: 1, FN: 1}) || r.Linking.Found.Mentions != 0 {
		t.Errorf("other texts: %+v", r.Linking)
	}
}
