package suggest

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index/forward"
)

// made is a candidate of so many words with a vector and doubts, written "surface chance".
func made(id string, words int, vector []float32, doubts ...any) *candidate {
	c := &candidate{input: input{Sentence: corpora.Sentence{DocID: id}}, words: words, vector: vector}
	for i := 0; i < len(doubts); i += 2 {
		c.doubts = append(c.doubts, weighed{Doubt: Doubt{Chance: doubts[i+1].(float64), Label: "X"}, key: forward.KeyOf(doubts[i].(string))})
	}
	return c
}

func pickIDs(s Settings, all ...*candidate) (ids string, scores []float64) {
	p := &pool{Settings: s}
	for _, c := range all {
		p.take(c)
	}
	for _, pick := range p.choose() {
		ids += pick.DocID
		scores = append(scores, math.Round(pick.Score*1000)/1000)
	}
	return ids, scores
}

func TestChoose(t *testing.T) {
	east, north := []float32{1, 0}, []float32{0, 1}
	plain := Settings{N: 3, Measure: "variance", Again: 1, Candidates: 10}
	for _, c := range []struct {
		name   string
		change func(*Settings)
		all    []*candidate
		want   string
	}{
		{"the most doubtful", nil, []*candidate{made("a", 5, east, "x", .9), made("b", 5, east, "y", .5), made("c", 5, east, "z", .7)}, "bca"},
		{"of equal ones the first", nil, []*candidate{made("a", 5, east, "x", .5), made("b", 5, east, "x", .5)}, "ab"},
		{"a surface again counts less", func(s *Settings) { s.Again = .5 }, []*candidate{made("a", 5, east, "x", .5), made("b", 5, east, "x", .5), made("c", 5, east, "y", .8)}, "acb"},
		{"twice in one sentence, too", func(s *Settings) { s.Again = .5 }, []*candidate{made("a", 5, east, "x", .5, "x", .5), made("b", 5, east, "x", .5, "y", .5)}, "ba"},
		{"long ones win", nil, []*candidate{made("a", 4, east, "x", .5), made("b", 40, east, "y", .5, "z", .9)}, "ba"},
		{"unless length counts", func(s *Settings) { s.Length = 1 }, []*candidate{made("a", 4, east, "x", .5), made("b", 40, east, "y", .5, "z", .9)}, "ab"},
		{"what is like the others", func(s *Settings) { s.Density = 1 }, []*candidate{made("a", 5, north, "x", .5), made("b", 5, east, "y", .6), made("c", 5, east, "z", .6)}, "bca"},
		{"errors: what is improbable is no error", func(s *Settings) { s.Measure = "errors" }, []*candidate{made("a", 5, east, "x", .2), made("b", 5, east, "y", .3)}, "ba"},
		{"only the most doubtful are kept", func(s *Settings) { s.Candidates = 2 }, []*candidate{made("a", 5, east, "x", .9), made("b", 5, east, "y", .5), made("c", 5, east, "z", .7)}, "bc"},
		{"n", func(s *Settings) { s.N = 1 }, []*candidate{made("a", 5, east, "x", .9), made("b", 5, east, "y", .5)}, "b"},
		{"no doubt at all", nil, []*candidate{made("a", 5, east), made("b", 5, east)}, "ab"},
	} {
		s := plain
		if c.change != nil {
			c.change(&s)
		}
		if got, _ := pickIDs(s, c.all...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	_, scores := pickIDs(plain, made("a", 5, east, "x", .5), made("b", 5, east, "y", .9))
	if !slices.Equal(scores, []float64{1, .36}) {
		t.Errorf("scores %v", scores)
	}
}

// TestLazy shows that bounds save work and change nothing: a choice that computes every worth anew is the same.
func TestLazy(t *testing.T) {
	s := Settings{N: 30, Measure: "variance", Again: .4, Length: .5, Candidates: 100}
	var all []*candidate
	for i := range 60 {
		all = append(all, made(string(rune('!'+i)), 3+i%7, []float32{1}, strings.Repeat("x", 1+i%5), .1+float64(i%9)/10, strings.Repeat("y", 1+i%11), .2))
	}
	got, _ := pickIDs(s, all...)
	p := &pool{Settings: s}
	p.seen = len(all)
	g := greedy{pool: p, chosen: map[forward.Key]int{}}
	want, taken := "", map[int]bool{}
	for range s.N {
		best, most := -1, -1.0
		for i, c := range all {
			if v := g.value(c); !taken[i] && v > most {
				best, most = i, v
			}
		}
		taken[best] = true
		want += all[best].DocID
		g.note(all[best])
	}
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTask(t *testing.T) {
	p := Pick{
		Sentence: corpora.Sentence{DocID: "n/1", Index: 3, Text: "Sjögren’s or kuru."}, Score: .5, Doubt: .25, Density: .125,
		CodePoints: [2]int{40, 58}, Before: "One.",
		Doubts: []Doubt{
			{corpora.Fragment{Start: 0, End: 12}, "Disease", .9, true},
			{corpora.Fragment{Start: 16, End: 20}, "", .4, false},
		},
	}
	doc := p.Task(true)
	if len(doc.Entities) != 1 || doc.Entities[0].Surface(doc.Text) != "Sjögren’s" || doc.Entities[0].Score != .9 || doc.Entities[0].Status != corpora.StatusExact {
		t.Errorf("entities %+v", doc.Entities)
	}
	if len(p.Task(false).Entities) != 0 {
		t.Error("entities without a proposal")
	}
	want := map[string]string{
		"ragner_id": doc.ID, "document": "n/1", "sentence": "3", "start": "40", "end": "58", "score": "0.5000", "doubt": "0.2500",
		"density": "0.1250", "doubts": "0-9 Disease 0.90; 13-17 0.40", "before": "One.",
	}
	for name, value := range want {
		if doc.Meta[name] != value {
			t.Errorf("%s is %q, want %q", name, doc.Meta[name], value)
		}
	}
	if len(doc.Meta) != len(want) {
		t.Errorf("%v", doc.Meta)
	}
	other := p
	other.Text = "Sjögren’s, or kuru."
	if !strings.HasPrefix(doc.ID, "n/1@3-") || p.ID() != doc.ID || other.ID() == doc.ID {
		t.Errorf("ids %s, %s", doc.ID, other.ID())
	}
}
