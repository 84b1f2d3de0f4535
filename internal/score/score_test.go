package score

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

// ents reads "Label:0-5", fragments joined by "+", several separated by blanks.
func ents(t testing.TB, s string) []corpora.Entity {
	t.Helper()
	var out []corpora.Entity
	for _, field := range strings.Fields(s) {
		label, places, _ := strings.Cut(field, ":")
		e := corpora.Entity{Label: label}
		for _, place := range strings.Split(places, "+") {
			var f corpora.Fragment
			if _, err := fmt.Sscanf(place, "%d-%d", &f.Start, &f.End); err != nil {
				t.Fatalf("%q: %v", field, err)
			}
			e.Fragments = append(e.Fragments, f)
		}
		out = append(out, e)
	}
	return out
}

const letters = "aaaaa bbbbb ccccc ddddd eeeee" // tokens at 0, 6, 12, 18, 24

func pairOf(t testing.TB, gold, pred string) Pair {
	return Pair{
		Gold: corpora.Document{ID: "d", Text: letters, Entities: ents(t, gold)},
		Pred: corpora.Document{ID: "d", Text: letters, Entities: ents(t, pred)},
	}
}

func TestCriteria(t *testing.T) {
	type counts = [3]float64
	for _, c := range []struct {
		name, gold, pred                      string
		strict, exact, partial, typed, common counts
	}{
		{"nothing", "", "", counts{}, counts{}, counts{}, counts{}, counts{}},
		{"equal", "A:0-5", "A:0-5", counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}},
		{
			"equal predictions count once", "A:0-5", "A:0-5 A:0-5",
			counts{1, 0, 0},
			counts{1, 0, 0},
			counts{1, 0, 0},
			counts{1, 0, 0},
			counts{1, 0, 0},
		},
		{"label", "A:0-5", "B:0-5", counts{0, 1, 1}, counts{1, 0, 0}, counts{1, 0, 0}, counts{0, 1, 1}, counts{0, 1, 1}},
		{"border", "A:0-11", "A:0-5", counts{0, 1, 1}, counts{0, 1, 1}, counts{.5, .5, .5}, counts{1, 0, 0}, counts{1, 0, 0}},
		{"border and label", "A:0-11", "B:0-5", counts{0, 1, 1}, counts{0, 1, 1}, counts{.5, .5, .5}, counts{0, 1, 1}, counts{0, 1, 1}},
		{"side by side", "A:0-5", "A:6-11", counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}},
		{"a span with two labels", "A:0-5 B:0-5", "A:0-5", counts{1, 0, 1}, counts{1, 0, 1}, counts{1, 0, 1}, counts{1, 0, 1}, counts{1, 0, 1}},
		{"both labels found", "A:0-5 B:0-5", "B:0-5 A:0-5", counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}},
		{"nested, both found", "A:0-11 A:6-11", "A:6-11 A:0-11", counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}, counts{2, 0, 0}},
		// nervaluate lets the first prediction take the gold mention that the second equals.
		{
			"a nested prediction takes nothing from an equal one", "A:0-11", "A:0-5 A:0-11",
			counts{1, 1, 0},
			counts{1, 1, 0},
			counts{1, 1, 0},
			counts{1, 1, 0},
			counts{1, 1, 0},
		},
		{"discontinuous", "A:0-5+12-17", "A:0-5+12-17", counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}},
		{"discontinuous against its hull", "A:0-5+12-17", "A:0-17", counts{0, 1, 1}, counts{0, 1, 1}, counts{.5, .5, .5}, counts{1, 0, 0}, counts{1, 0, 0}},
		{"in the gap", "A:0-5+12-17", "A:6-11", counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}, counts{0, 1, 1}},
		{"fragments with white space between them", "A:0-5+6-11", "A:0-11", counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}},
		{"fragments out of order", "A:12-17+0-5", "A:0-5+12-17", counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}, counts{1, 0, 0}},
		{"one gold, two predictions", "A:0-17", "A:0-5 A:12-17", counts{0, 2, 1}, counts{0, 2, 1}, counts{.5, 1.5, .5}, counts{1, 1, 0}, counts{1, 1, 0}},
		{"two golds, one prediction", "A:0-5 A:12-17", "A:0-17", counts{0, 1, 2}, counts{0, 1, 2}, counts{.5, .5, 1.5}, counts{1, 0, 1}, counts{1, 0, 1}},
		// The wrong label comes first and takes the gold mention: so does nervaluate. Overlap looks further.
		{"a wrong label before the right one", "A:0-11", "B:0-5 A:6-11", counts{0, 2, 1}, counts{0, 2, 1}, counts{.5, 1.5, .5}, counts{0, 2, 1}, counts{1, 1, 0}},
		// The first prediction overlaps both; the nearer one is the only one that the second could have.
		{"overlap pairs as often as possible", "A:0-5 A:6-29", "A:0-23 A:24-29", counts{0, 2, 2}, counts{0, 2, 2}, counts{1, 1, 1}, counts{1, 1, 1}, counts{2, 0, 0}},
		{"without text", "A:3-3", "A:3-3", counts{}, counts{}, counts{}, counts{}, counts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Evaluate([]Pair{pairOf(t, c.gold, c.pred)})
			for criterion, want := range []counts{c.strict, c.exact, c.partial, c.typed, c.common} {
				got := r.Criteria.By(Criterion(criterion)).Micro.Counts
				if (counts{got.TP, got.FP, got.FN}) != want {
					t.Errorf("%s: tp, fp, fn %v, want %v", Criterion(criterion), got, want)
				}
			}
		})
	}
}

func TestLabelsAndMacro(t *testing.T) {
	r := Evaluate([]Pair{pairOf(t, "A:0-5 A:6-11 B:12-17", "A:0-5 C:12-17")})
	got := r.Criteria.Strict
	want := map[string]Counts{"A": {1, 0, 1}, "B": {0, 0, 1}, "C": {0, 1, 0}}
	for label, counts := range want {
		if got.Labels[label].Counts != counts {
			t.Errorf("%s: %v, want %v", label, got.Labels[label].Counts, counts)
		}
	}
	if f1 := 2. / 3 / 3; got.Macro.F1 != f1 { // C is only predicted and counts all the same
		t.Errorf("macro F1 %v, want %v", got.Macro.F1, f1)
	}
	if got.Macro.Precision != 1./3 || got.Macro.Recall != .5/3 {
		t.Errorf("macro %+v", got.Macro)
	}
	if exact := r.Criteria.Exact.Labels["B"].Counts; exact != (Counts{0, 0, 1}) {
		t.Errorf("exact, B alone: %v", exact)
	}
}

func TestTextDiffers(t *testing.T) {
	p := pairOf(t, "A:0-5 B:6-11", "A:0-5")
	p.Pred.Text, p.TextDiffers = "another text", true
	r := Evaluate([]Pair{p})
	for _, c := range AllCriteria() {
		if got := r.Criteria.By(c).Micro.Counts; got != (Counts{0, 1, 2}) {
			t.Errorf("%s: %v", c, got)
		}
	}
	if r.Errors != (ErrorCounts{Missed: 2, Spurious: 1}) {
		t.Errorf("errors %+v", r.Errors)
	}
	if r.Token.Accuracy != .6 {
		t.Errorf("accuracy %v, want that of no prediction", r.Token.Accuracy)
	}
}

// The keys are a contract with users' scripts.
func TestJSON(t *testing.T) {
	got, err := json.Marshal(Evaluate([]Pair{pairOf(t, "SIGN:0-11", "SIGN:0-5")}))
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(got, &tree); err != nil {
		t.Fatal(err)
	}
	ratios := "precision recall f1"
	want := map[string]string{
		"":                             "documents criteria token errors confusion",
		"criteria":                     "strict exact partial type overlap",
		"criteria.partial":             "micro macro labels",
		"criteria.partial.micro":       "tp fp fn f1_low f1_high " + ratios,
		"criteria.partial.macro":       ratios,
		"criteria.partial.labels":      "SIGN",
		"criteria.partial.labels.SIGN": "tp fp fn " + ratios,
		"token":                        "accuracy macro_f1",
		"errors":                       "boundary label both missed spurious",
	}
	for path, keys := range want {
		node := tree
		for _, key := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
			node = node[key].(map[string]any)
		}
		var have []string
		for key := range node {
			have = append(have, key)
		}
		expected := strings.Fields(keys)
		slices.Sort(have)
		slices.Sort(expected)
		if diff := cmp.Diff(expected, have); diff != "" {
			t.Errorf("%q: keys (-want +got):\n%s", path, diff)
		}
	}
	if !strings.Contains(string(got), `"micro":{"tp":0.5,"fp":0.5,"fn":0.5,"precision":0.5`) {
		t.Errorf("half credits: %s", got)
	}
}

// randomEntities may nest, cross, repeat and be discontinuous.
func randomEntities(r *rand.Rand, length int) []corpora.Entity {
	var out []corpora.Entity
	for range r.IntN(7) {
		e := corpora.Entity{Label: string(rune('A' + r.IntN(3)))}
		at := r.IntN(length)
		for range 1 + r.IntN(4)/3 {
			end := min(length, at+1+r.IntN(6))
			e.Fragments = append(e.Fragments, corpora.Fragment{Start: at, End: end})
			at = min(length-1, end+1+r.IntN(3))
		}
		out = append(out, e)
	}
	return out
}

func randomPair(r *rand.Rand) Pair {
	doc := func() corpora.Document {
		return corpora.Document{ID: "d", Text: letters, Entities: randomEntities(r, len(letters))}
	}
	return Pair{Gold: doc(), Pred: doc()}
}

// What must hold whatever the entities are.
func TestInvariants(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		p := randomPair(r)
		report := Evaluate([]Pair{p})
		shuffled := p
		shuffled.Pred.Entities = slices.Clone(p.Pred.Entities)
		r.Shuffle(len(shuffled.Pred.Entities), func(i, j int) {
			e := shuffled.Pred.Entities
			e[i], e[j] = e[j], e[i]
		})
		if diff := cmp.Diff(report, Evaluate([]Pair{shuffled})); diff != "" {
			t.Fatalf("the order of predictions matters:\n%s", diff)
		}
		checkReport(t, p, report)
		checkSwapped(t, p, report)
	}
}

func checkReport(t *testing.T, p Pair, r Report) {
	t.Helper()
	gold, pred := p.mentions()
	c := r.Criteria
	tp := func(s Score) float64 { return s.Micro.TP }
	if tp(c.Strict) > tp(c.Exact) || tp(c.Exact) > tp(c.Partial) || tp(c.Strict) > tp(c.Type) || tp(c.Type) > tp(c.Overlap) {
		t.Fatalf("criteria out of order: %v %v %v %v %v", tp(c.Strict), tp(c.Exact), tp(c.Partial), tp(c.Type), tp(c.Overlap))
	}
	for _, by := range AllCriteria() {
		m := c.By(by).Micro
		if m.TP+m.FN != float64(len(gold)) || m.TP+m.FP != float64(len(pred)) || min(m.FP, m.FN) < 0 {
			t.Fatalf("%s: %v for %d gold, %d predicted", by, m.Counts, len(gold), len(pred))
		}
	}
	for _, by := range []Criterion{Strict, Overlap} {
		var sum Counts
		for _, f := range c.By(by).Labels {
			sum.Add(f.Counts)
		}
		if sum != c.By(by).Micro.Counts {
			t.Fatalf("%s: labels add up to %v, micro is %v", by, sum, c.By(by).Micro.Counts)
		}
	}
	e, paired := r.Errors, int(tp(c.Strict))+r.Errors.Boundary+r.Errors.Label+r.Errors.Both
	if paired+e.Missed != len(gold) || paired+e.Spurious != len(pred) {
		t.Fatalf("errors %+v do not add up: %d gold, %d predicted", e, len(gold), len(pred))
	}
	if n := e.Boundary + e.Label + e.Both + e.Missed + e.Spurious; len(ErrorCases(p)) != n {
		t.Fatalf("%d error cases, %d counted", len(ErrorCases(p)), n)
	}
}

// Gold and predictions exchanged, what is found stays (except by type, which follows the predictions' order).
func checkSwapped(t *testing.T, p Pair, r Report) {
	t.Helper()
	swapped := Evaluate([]Pair{{Gold: p.Pred, Pred: p.Gold}})
	for _, by := range []Criterion{Strict, Exact, Partial, Overlap} {
		a, b := r.Criteria.By(by).Micro.Counts, swapped.Criteria.By(by).Micro.Counts
		if a.TP != b.TP || a.FP != b.FN {
			t.Fatalf("%s: %v, exchanged %v", by, a, b)
		}
	}
}

func TestPerfect(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		p := randomPair(r)
		p.Pred = p.Gold
		report := Evaluate([]Pair{p})
		for _, c := range AllCriteria() {
			if m := report.Criteria.By(c).Micro; m.FP+m.FN != 0 {
				t.Fatalf("%s: %v against itself", c, m.Counts)
			}
		}
		if report.Token.Accuracy != 1 || report.Errors != (ErrorCounts{}) {
			t.Fatalf("token %+v, errors %+v against itself", report.Token, report.Errors)
		}
	}
}

func TestEmpty(t *testing.T) {
	r := Evaluate(nil)
	if diff := cmp.Diff(Score{Labels: map[string]Figures{}}, r.Criteria.Strict); diff != "" {
		t.Error(diff)
	}
	if _, err := json.Marshal(r); err != nil { // no NaN
		t.Error(err)
	}
}
