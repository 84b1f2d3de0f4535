package score

import (
	"math"
	"testing"
)

func TestPairedPermutation(t *testing.T) {
	base, options := someDocs(100, .6, 1), Options{Resamples: 999, Seed: 3, Level: .95}
	for _, c := range []struct {
		name     string
		a, b     []DocCounts
		low, top float64
	}{
		{"the same run", base, base, 1, 1},
		{"no documents", nil, nil, 1, 1},
		{"clearly better", base, someDocs(100, .9, 2), .001, .001},
		{"clearly worse", base, someDocs(100, .2, 2), .001, .001},
		{"alike", base, someDocs(100, .6, 2), .05, 1},
	} {
		got, err := PairedPermutation(c.a, c.b, Strict, options)
		if err != nil || got < c.low || got > c.top {
			t.Errorf("%s: p %v, want %v to %v; error %v", c.name, got, c.low, c.top, err)
		}
		if back, _ := PairedPermutation(c.b, c.a, Strict, options); back != got {
			t.Errorf("%s: p %v, exchanged %v", c.name, got, back)
		}
		if again, _ := PairedPermutation(c.a, c.b, Strict, options); again != got {
			t.Errorf("%s: p %v, again %v", c.name, got, again)
		}
	}
}

// Of three documents there are eight ways to exchange, of which two (none and all) differ by as much: p is ¼.
func TestPairedPermutationIsExactInTheLimit(t *testing.T) {
	a, b := make([]DocCounts, 3), make([]DocCounts, 3)
	for i := range a {
		a[i].Tally[Exact], b[i].Tally[Exact] = counted(1, 4, 4), counted(3, 4, 4)
	}
	got, err := PairedPermutation(a, b, Exact, Options{Resamples: 20000, Seed: 1, Level: .95})
	if err != nil || math.Abs(got-.25) > .01 {
		t.Errorf("p %v, want about .25; error %v", got, err)
	}
	if p, _ := PairedPermutation(a, b, Strict, Defaults()); p != 1 {
		t.Errorf("by a criterion without counts: %v", p)
	}
}

// Where there is no difference, p falls below .05 about once in twenty times.
func TestPairedPermutationFalseAlarms(t *testing.T) {
	alarms, options := 0, Options{Resamples: 199, Seed: 1, Level: .95}
	for i := range uint64(200) {
		p, err := PairedPermutation(someDocs(60, .6, 1000+i), someDocs(60, .6, 5000+i), Strict, options)
		if err != nil {
			t.Fatal(err)
		}
		if p <= .05 {
			alarms++
		}
	}
	if alarms < 2 || alarms > 20 {
		t.Errorf("%d alarms in 200", alarms)
	}
}

func TestPairedPermutationRefuses(t *testing.T) {
	docs := someDocs(3, .5, 1)
	if _, err := PairedPermutation(docs, docs, Strict, Options{}); err == nil {
		t.Error("no resamples accepted")
	}
	if _, err := PairedPermutation(docs, docs[:2], Strict, Defaults()); err == nil {
		t.Error("three documents compared with two")
	}
	renamed := someDocs(3, .5, 1)
	renamed[2].ID = "other"
	if _, err := PairedPermutation(docs, renamed, Strict, Defaults()); err == nil {
		t.Error("other documents compared")
	}
}
