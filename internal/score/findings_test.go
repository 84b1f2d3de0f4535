package score

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

func TestSpread(t *testing.T) {
	var cases []ErrorCase
	for doc, n := range []int{9, 1, 2, 0, 1, 1} {
		for range n {
			cases = append(cases, ErrorCase{DocID: fmt.Sprint(doc), Kind: Missed})
		}
		cases = append(cases, ErrorCase{DocID: fmt.Sprint(doc), Kind: Label})
	}
	documents := func(places []int, kind Kind) string {
		var ids []string
		for _, i := range places {
			if cases[i].Kind == kind {
				ids = append(ids, cases[i].DocID)
			}
		}
		return strings.Join(ids, " ")
	}
	for _, c := range []struct {
		perKind       int
		label, missed string
	}{
		{-1, "", ""},
		{0, "", ""},
		{1, "3", "2"},
		{2, "1 4", "1 4"},
		{3, "1 3 5", "0 2 5"},
		{6, "0 1 2 3 4 5", "0 1 2 2 4 5"}, // a second one of a document only when each has one
		{8, "0 1 2 3 4 5", "0 0 0 1 2 2 4 5"},
		{99, "0 1 2 3 4 5", "0 0 0 0 0 0 0 0 0 1 2 2 4 5"},
	} {
		got := Spread(cases, c.perKind)
		if l, m := documents(got, Label), documents(got, Missed); l != c.label || m != c.missed {
			t.Errorf("%d of a kind: documents %q and %q, want %q and %q", c.perKind, l, m, c.label, c.missed)
		}
		if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%d of a kind: one twice in %v", c.perKind, got)
		}
		if !slices.Equal(got, func() []int { again := Spread(cases, c.perKind); slices.Sort(again); return again }()) {
			t.Error("another choice the second time")
		}
	}
	if got := Spread(cases, 1); cases[got[1]].DocID != "2" || got[0] > got[1] && cases[got[0]].Kind != Label {
		t.Errorf("kinds out of order: %v", got)
	}
}

// Offsets are code points; the text of a prediction in a differing text is its own.
func TestFind(t *testing.T) {
	doc := func(id, text, entities string) corpora.Document {
		return corpora.Document{ID: id, Text: text, Entities: ents(t, entities)}
	}
	text := "Ménière’s disease or\nmigraine" // é, è and ’ have more than a byte
	pairs := []Pair{
		{Gold: doc("a", text, "D:0-21 S:25-33"), Pred: doc("a", text, "D:0-13")},
		{Gold: doc("b", "Migraine", "S:0-8"), Pred: doc("b", "Migraine", "")},
		{Gold: doc("c", letters, "A:0-5+12-17"), Pred: doc("c", letters, "B:0-5+12-17")},
		{Gold: doc("d", "gone", "A:0-4"), Pred: doc("d", "é other", "A:3-8"), TextDiffers: true},
	}
	got := find(t, pairs, 9)
	want := Findings{
		Examples: []Example{
			{
				"a", Boundary,
				&Quoted{Start: 0, End: 17, Label: "D", Text: "Ménière’s disease"},
				&Quoted{Start: 0, End: 9, Label: "D", Text: "Ménière’s"},
			},
			{
				"c", Label,
				&Quoted{Start: 0, End: 17, Fragments: [][2]int{{0, 5}, {12, 17}}, Label: "A", Text: "aaaaa ccccc"},
				&Quoted{Start: 0, End: 17, Fragments: [][2]int{{0, 5}, {12, 17}}, Label: "B", Text: "aaaaa ccccc"},
			},
			{"a", Missed, &Quoted{Start: 21, End: 29, Label: "S", Text: "migraine"}, nil},
			{"b", Missed, &Quoted{Start: 0, End: 8, Label: "S", Text: "Migraine"}, nil},
			{"d", Missed, &Quoted{Start: 0, End: 4, Label: "A", Text: "gone"}, nil},
			{"d", Spurious, nil, &Quoted{Start: 2, End: 7, Label: "A", Text: "other"}},
		},
		Frequent: []Frequent{{Missed, "S", "migraine", 2}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for i, e := range Examples(pairs, 9) {
		if e.DocID != want.Examples[i].Document || e.Kind != want.Examples[i].Kind {
			t.Errorf("example %d is %s of %s", i, e.Kind, e.DocID)
		}
	}
	none := find(t, nil, 3)
	if none.Examples == nil || none.Frequent == nil {
		t.Error("JSON would say null")
	}
}

func TestFrequentErrors(t *testing.T) {
	gold := corpora.Document{ID: "d", Text: strings.Repeat("gout ", 3) + strings.Repeat("flu ", 3) + "once"}
	for i := range 3 {
		gold.Entities = append(gold.Entities, ents(t, fmt.Sprintf("D:%d-%d D:%d-%d", 5*i, 5*i+4, 15+4*i, 18+4*i))...)
	}
	gold.Entities = append(gold.Entities, ents(t, "D:27-31")...)
	pred := gold
	pred.Entities = ents(t, "D:5-9")
	got := find(t, []Pair{{Gold: gold, Pred: pred}}, 0)
	want := []Frequent{{Missed, "D", "flu", 3}, {Missed, "D", "gout", 2}}
	if diff := cmp.Diff(want, got.Frequent); diff != "" || len(got.Examples) != 0 {
		t.Errorf("%d examples, frequent (-want +got):\n%s", len(got.Examples), diff)
	}
	swapped := find(t, []Pair{{Gold: pred, Pred: gold}}, 0)
	if len(swapped.Frequent) != 2 || swapped.Frequent[0].Kind != Spurious {
		t.Errorf("spurious: %v", swapped.Frequent)
	}
}

func TestFindingsTable(t *testing.T) {
	p := pairOf(t, "A:0-5 A:6-17 B:18-23", "B:0-5 A:6-11 C:24-29")
	long := corpora.Document{ID: "long", Text: "esc\x1b[31m " + strings.Repeat("é", 80)}
	long.Entities = ents(t, fmt.Sprintf("A:0-%d", len(long.Text)))
	empty := long
	empty.Entities = nil
	pairs := []Pair{p, p, {Gold: long, Pred: empty}}
	var b bytes.Buffer
	if err := find(t, pairs, 2).Table(&b, Evaluate(pairs).Errors); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/findings.golden", b.String())
}

// find finds errors in pairs that are in memory.
func find(t *testing.T, pairs []Pair, perKind int) Findings {
	t.Helper()
	var ids []string
	for _, p := range pairs {
		ids = append(ids, p.Gold.ID)
	}
	f := NewFinder(ids)
	for _, p := range pairs {
		f.Add(p)
	}
	found, err := f.Find(func(yield func(Pair, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	}, perKind)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
