package report

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ragner/ragner/internal/ablation"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{share(.66149), ".661"},
		{share(1), "1.000"},
		{share(0), ".000"},
		{signed(.0432), "+.043"},
		{signed(-.0432), "−.043"},
		{signed(-.0001), ".000"},
		{signed(-1), "−1.000"},
		{count(7), "7"},
		{count(1234567), "1,234,567"},
		{count(-1234), "-1,234"},
		{amount(1234.5), "1,235"},
		{amount(18.04), "18.0"},
		{amount(.4), ".40"},
		{amount(.0029), ".0029"},
		{amount(.05), ".050"},
		{amount(0), "0"},
		{pValue(.0004), "< .001"},
		{pValue(.0312), ".031"},
		{plural(1, "row"), "1 row"},
		{plural(0, "row"), "0 rows"},
		{setting(5), "5"},
		{setting(5.), "5"},
		{setting(.25), "0.25"},
		{setting(true), "true"},
		{setting(nil), ""},
		{setting(map[string]string{"B": "b", "A": "a"}), `{"A":"a","B":"b"}`},
		{oneLine(" a\r\n\tb\u202e\x00\u200b "), "a b\u200b"},
		{shorten("abcdefgh", 8), "abcdefgh"},
		{shorten("abcdefghi", 8), "abcd…ghi"},
		{shorten("🫀🫀🫀🫀🫀", 3), "🫀…🫀"},
		{plain("a|b <i>*x*</i> `c` [d](e) #1 ~~f~~ $g$ \\"), "a\\|b &lt;i&gt;\\*x\\*&lt;/i&gt; \\`c\\` \\[d\\](e) \\#1 \\~\\~f\\~\\~ \\$g\\$ \\\\"},
		{code("a ` b `` c"), "```a ` b `` c```"},
		{code("`a"), "`` `a ``"},
		{code("plain"), "`plain`"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	change := func(do func(*ablation.Results)) ablation.Results {
		r := made()
		do(&r)
		return r
	}
	for _, c := range []struct {
		name string
		r    ablation.Results
		want string
	}{
		{"significant", made(), "p = .012 after Holm's correction), which is significant."},
		{"not significant", change(func(r *ablation.Results) { r.Rows[4].Against.PHolm = .2 }), "p = .200 after Holm's correction), which is not significant"},
		{"the reference is best", change(func(r *ablation.Results) { r.Reference, r.Rows[4].Against = r.Rows[4].Name, nil }), "It is the reference: no other row is better."},
		{"equal rows", change(func(r *ablation.Results) { r.Rows[3].Evaluation.Criteria.Strict.Micro.F1 = .66 }), "1 other row has the same figure."},
		{"not tested", change(func(r *ablation.Results) { r.Rows[4].Against = nil }), "could not be tested against the reference, “zero-shot”."},
		{"nothing", ablation.Results{}, "No row was finished"},
		{"only a partial row", change(func(r *ablation.Results) { r.Rows = r.Rows[6:] }), "It was not finished, and no row was."},
		{"retrieval", madeRetrieval(), "a token vote of .830"},
		{"no model", change(func(r *ablation.Results) {
			e := r.Rows[4].Evaluation
			e.PromptTokens, e.OutputTokens, e.Calls, e.Seconds = 0, 0, 0, 1.2
		}), "A sentence took 6.00 ms and no model."},
		{"a cheaper one as good", change(func(r *ablation.Results) { r.Rows[3].Evaluation.Criteria.Strict.Micro.F1High = .67 }), "not clearly worse by its interval, is “k 1, terms 10”: .520 at .53 s a sentence."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := summary(c.r, newRows(c.r)); !strings.Contains(got, c.want) {
				t.Errorf("%s\nwants: %s", got, c.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	r := made()
	all := strings.Join(warnings(r, newRows(r)), "\n")
	for _, want := range []string{
		"6 of 8 rows done, 1 partial, 1 failed, 0 not begun", "Row 7 “k 8, terms 10” is partial", "scored on the 71 documents", "Row 8 “k 20, terms 10” failed: model server",
		"labels that the index never saw", "3 documents of gold stand in the index", "1 sentence of gold stands word for word",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q:\n%s", want, all)
		}
	}
	if clean := warnings(ablation.Results{Rows: r.Rows[:3]}, newRows(r)[:3]); len(clean) != 0 {
		t.Errorf("warnings without cause: %q", clean)
	}
}

func TestRareLabelsStandTogether(t *testing.T) {
	r := newRows(made())[0]
	for i := range 20 {
		label := "L" + string(rune('a'+i))
		r.Evaluation.Confusion[label] = map[string]int{label: 1 + i, "Disease": 1}
	}
	s := confusionSheet(r)
	if len(s.Columns) != mostConfused+3 || len(s.Rows) != mostConfused+2 {
		t.Errorf("%d columns and %d lines", len(s.Columns), len(s.Rows))
	}
	want := 140 + 2 + 30 + 20 + 10 + 19 + 3 + 20*21/2 + 20
	got := 0
	for _, line := range s.Rows {
		for _, cell := range line.Cells[1:] {
			n, _ := strconv.Atoi(cell) // a dot is none
			got += n
		}
	}
	if got != want {
		t.Errorf("%d mentions in the table, want %d", got, want)
	}
}
