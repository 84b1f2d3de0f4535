package score

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// someDocs have about the given share of their ten mentions right.
func someDocs(n int, share float64, seed uint64) []DocCounts {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]DocCounts, n)
	for i := range out {
		right := 0.
		for range 10 {
			if r.Float64() < share {
				right++
			}
		}
		out[i].ID = fmt.Sprint(i)
		for c := range out[i].Tally {
			out[i].Tally[c] = counted(right, 10, 10)
		}
	}
	return out
}

// Equal documents with ten independent mentions each: F1 is a mean of 10n trials, whose error is known.
func TestIntervalWidth(t *testing.T) {
	docs := someDocs(400, .7, 1)
	var sum Tally
	for _, d := range docs {
		sum.Add(d.Tally)
	}
	f1 := sum[Strict].f1()
	half := 1.96 * math.Sqrt(f1*(1-f1)/4000)
	got := Intervals(docs, Defaults())[Strict]
	if math.Abs(got.Low-(f1-half)) > .002 || math.Abs(got.High-(f1+half)) > .002 {
		t.Errorf("interval %.4f to %.4f, want about %.4f to %.4f", got.Low, got.High, f1-half, f1+half)
	}
}

func TestIntervalsRepeat(t *testing.T) {
	docs := someDocs(50, .5, 1)
	if a, b := Intervals(docs, Defaults()), Intervals(docs, Defaults()); a != b {
		t.Errorf("%v and %v from one seed", a, b)
	}
	other := Defaults()
	other.Seed = 2
	if Intervals(docs, Defaults()) == Intervals(docs, other) {
		t.Error("the seed changes nothing")
	}
	one := Intervals(docs[:1], Defaults())[Strict]
	if f1 := docs[0].Tally[Strict].f1(); one.Low != f1 || one.High != f1 {
		t.Errorf("one document: %v, want %v twice", one, f1)
	}
	if none := Intervals(nil, Defaults())[Strict]; none != (Interval{}) {
		t.Errorf("no document: %v", none)
	}
}

func TestPairedBootstrap(t *testing.T) {
	base := someDocs(200, .6, 1)
	for _, c := range []struct {
		name        string
		other       []DocCounts
		significant bool
		sign        float64
	}{
		{"the same", base, false, 0},
		{"better", someDocs(200, .7, 2), true, 1},
		{"worse", someDocs(200, .5, 3), true, -1},
	} {
		got, err := PairedBootstrap(base, c.other, Strict, Defaults())
		if err != nil {
			t.Fatal(err)
		}
		if outside := got.Low > 0 || got.High < 0; outside != c.significant || got.P < .05 != c.significant {
			t.Errorf("%s: %+v", c.name, got)
		}
		if got.Delta*c.sign < 0 || c.sign == 0 && got.Delta != 0 {
			t.Errorf("%s: delta %v", c.name, got.Delta)
		}
		if got.Low > got.Delta || got.High < got.Delta {
			t.Errorf("%s: %v outside its interval", c.name, got)
		}
	}
}

// Under no difference, p falls below .05 about once in twenty times.
func TestPairedBootstrapFalseAlarms(t *testing.T) {
	alarms := 0
	options := Options{Resamples: 200, Seed: 1, Level: .95}
	for i := range uint64(200) {
		got, err := PairedBootstrap(someDocs(60, .6, 1000+i), someDocs(60, .6, 5000+i), Strict, options)
		if err != nil {
			t.Fatal(err)
		}
		if got.P < .05 {
			alarms++
		}
	}
	if alarms < 2 || alarms > 22 {
		t.Errorf("%d alarms in 200", alarms)
	}
}

func TestRefused(t *testing.T) {
	docs := someDocs(3, .5, 1)
	for _, o := range []Options{{}, {Resamples: 10}, {Resamples: 10, Level: 1}, {Resamples: 10, Level: math.NaN()}} {
		if _, err := PairedBootstrap(docs, docs, Strict, o); err == nil {
			t.Errorf("%+v accepted", o)
		}
		if _, err := New(o); err == nil {
			t.Errorf("%+v accepted by New", o)
		}
	}
	if _, err := PairedBootstrap(docs, docs[:2], Strict, Defaults()); err == nil {
		t.Error("two documents compared with three")
	}
	renamed := someDocs(3, .5, 1)
	renamed[1].ID = "other"
	if _, err := PairedBootstrap(docs, renamed, Strict, Defaults()); err == nil {
		t.Error("other documents compared")
	}
}

func TestPercentile(t *testing.T) {
	for _, c := range []struct{ q, want float64 }{{0, 1}, {.5, 2.5}, {.25, 1.75}, {1, 4}} {
		if got := percentile([]float64{1, 2, 3, 4}, c.q); got != c.want {
			t.Errorf("percentile %v: %v, want %v", c.q, got, c.want)
		}
	}
}

func BenchmarkIntervals(b *testing.B) {
	docs := someDocs(1000, .6, 1)
	for b.Loop() {
		Intervals(docs, Defaults())
	}
}
