package learn

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
)

// twoParts makes mentions "abcdefgh" with a label discontinuous: "ab x fgh", without the x.
func twoParts(docs []corpora.Document, label string) {
	for i, d := range docs {
		for k, e := range d.Entities {
			if e.Label == label {
				at := e.Start()
				docs[i].Text = d.Text[:at+2] + " x " + d.Text[at+5:]
				docs[i].Entities[k].Fragments = []corpora.Fragment{{Start: at, End: at + 2}, {Start: at + 5, End: at + 8}}
			}
		}
	}
}

// plain are documents of one sentence with one mention each.
func plain(t *testing.T, n int, line func(i int) string) (docs []corpora.Document) {
	t.Helper()
	for i := range n {
		docs = append(docs, annotated(t, fmt.Sprintf("d%d", i), line(i)))
	}
	return docs
}

// TestUnlearnable: a corpus whose mentions have no tags leaves the index without a tagger, and says so.
func TestUnlearnable(t *testing.T) {
	docs := plain(t, 60, func(i int) string { return fmt.Sprintf("Case %d had [abcdefgh|D] at home.", i) })
	twoParts(docs, "D")
	s := settings(1)
	s.Least = 50
	model, _, why, err := Learner(s)(context.Background(), build(t, docs, nil), func(string, int, int) {})
	if err != nil || model != nil || !strings.Contains(why, "every mention is discontinuous") {
		t.Errorf("model of %d bytes, %q, error %v", len(model), why, err)
	}
}

// TestOddLearned: what is odd but can be learned from is learned from, names itself where it must, and finds what it was
// shown.
func TestOddLearned(t *testing.T) {
	long := strings.Repeat("very ", 60) + "ill"
	one := func(docs []corpora.Document) []corpora.Document {
		whole := corpora.Document{ID: "whole"}
		for _, d := range docs {
			for _, e := range d.Entities {
				whole.Entities = append(whole.Entities, e.Shift(len(whole.Text)))
			}
			whole.Text += d.Text + " "
		}
		return []corpora.Document{whole}
	}
	names := []string{"gout", "mumps", "scurvy", "rabies", "asthma"}
	common := func(i int) string { return fmt.Sprintf("Case %d had [%s|D] at home.", i, names[i%5]) }
	halves := plain(t, 80, func(i int) string { return fmt.Sprintf("Case %d had [%s|D] and [abcdefgh|H] at home.", i, names[i%5]) })
	twoParts(halves, "H")
	for _, c := range []struct {
		name    string
		docs    []corpora.Document
		warning string
		text    string
		want    string
		f1      float64 // at least, on held-out sentences
	}{
		{"one label", plain(t, 80, common), "", "Case 99 had gout at home.", "D gout", 0.9},
		{"one document", one(plain(t, 80, common)), "one annotated document only", "Case 99 had gout at home.", "D gout", 0.9},
		{"two documents", append(one(plain(t, 80, common)), annotated(t, "other", "A [gout|D] it was.")), "", "Case 99 had gout at home.", "D gout", 0.9},
		{"a discontinuous label", halves, "does not know the labels H", "Case 99 had gout and abcdefgh at home.", "D gout", 0.9},
		{
			"labels that no document joins",
			append(plain(t, 60, common), plain(t, 60, func(i int) string { return fmt.Sprintf("Gene %d is [BRK%d|G] there.", i, i%7) })...),
			"no document has labels of more than one", "Case 99 had gout at home.", "D gout", 0.9,
		},
		{
			"every mention nested in one of its own label",
			plain(t, 80, func(i int) string { return fmt.Sprintf("Case %d had [bad [%s|D]|D] at home.", i, names[i%5]) }),
			"", "Case 99 had bad gout at home.", "D bad gout", 0.9,
		},
		{
			"a mention of 61 tokens",
			plain(t, 80, func(i int) string { return fmt.Sprintf("Case %d felt [%s|D] then.", i, long) }),
			"", "Case 99 felt " + long + " then.", "D " + long, 0.9,
		},
		{
			"empty sentences",
			append(plain(t, 80, common), corpora.Document{ID: "blank", Text: " \n "}, corpora.Document{ID: "empty"}),
			"", "Case 99 had gout at home.", "D gout", 0.9,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := settings(2)
			s.Least = 50
			x := build(t, c.docs, Learner(s))
			_, m := modelOf(t, x)
			about := x.Manifest().Learned
			if (c.warning == "") != (about.Warning == "") || !strings.Contains(about.Warning, c.warning) {
				t.Errorf("warning %q, want %q", about.Warning, c.warning)
			}
			if f1 := about.Groups[0].F1; f1 < c.f1 {
				t.Errorf("F1 %.3f on held-out sentences, want %.3f", f1, c.f1)
			}
			if got := foundIn(t, x, m, c.text); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func foundIn(t *testing.T, x *index.Index, m *Model, text string) string {
	t.Helper()
	var got []string
	tokens := corpora.Tokenize(text)
	for _, f := range m.Tag(seenOf(t, x, text), 0) {
		got = append(got, f.Label+" "+text[tokens[f.First].Start:tokens[f.Last].End])
	}
	return strings.Join(got, "; ")
}

// TestManyLabels: 150 labels are learned in one model, whose steps do not tell them apart.
func TestManyLabels(t *testing.T) {
	const labels = 150
	docs := plain(t, 3*labels, func(i int) string { return fmt.Sprintf("Name [name%d|L%d] here.", i%labels, i%labels) })
	s := settings(2)
	s.Iterations, s.Least = 15, 100 // equal sentences count once
	x := build(t, docs, Learner(s))
	_, m := modelOf(t, x)
	if g := m.groups[0]; len(m.groups) != 1 || len(g.Labels) != labels || !g.coarse {
		t.Fatalf("%d groups, the first of %d labels, coarse: %t", len(m.groups), len(g.Labels), g.coarse)
	}
	if got := foundIn(t, x, m, "Name name77 here."); got != "L77 name77" {
		t.Errorf("found %q", got)
	}
}

// TestTooManyLabels: more labels than there are tags are refused.
func TestTooManyLabels(t *testing.T) {
	var examples []corpora.Annotated
	a := corpora.Annotated{Sentence: corpora.Sentence{Text: "x", Tokens: []corpora.Token{{Start: 0, End: 1}}}}
	for i := range mostLabels + 1 {
		a.Entities = []corpora.Entity{mention(fmt.Sprint(i), 0, 1)}
		examples = append(examples, a)
	}
	_, _, _, err := shownGroups(examples)
	if why, ok := whyNot(err); !ok || !strings.Contains(why, "too many") {
		t.Errorf("error %v", err)
	}
}
