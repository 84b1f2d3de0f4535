package score

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ragner/ragner/corpora"
)

// docs reads "id=text"; a text that begins with "|" is tokenised at blanks.
func docs(specs ...string) []corpora.Document {
	var out []corpora.Document
	for _, spec := range specs {
		id, text, _ := strings.Cut(spec, "=")
		if words, ok := strings.CutPrefix(text, "|"); ok {
			out = append(out, tokenisedDoc(id, strings.Split(words, " ")...))
		} else {
			out = append(out, corpora.Document{ID: id, Text: text})
		}
	}
	return out
}

func TestPairs(t *testing.T) {
	failed := docs("a=", "b=two")
	failed[0].Err = &corpora.Failure{Code: "timeout"}
	for _, c := range []struct {
		name       string
		gold, pred []corpora.Document
		partners   string // for each gold document its prediction's id
		want       Pairing
	}{
		{"by id, whatever the order", docs("a=one", "b=two"), docs("b=two", "a=one"), "a b", Pairing{ByID: 2}},
		{
			"missing and surplus", docs("a=one", "b=two"), docs("c=three", "a=one"), "a -",
			Pairing{ByID: 1, Missing: []string{"b"}, Surplus: []string{"c"}},
		},
		{
			"repeated ids", docs("a=one", "a=two"), docs("a=one", "a=two", "a=three"), "a a",
			Pairing{ByID: 2, Duplicate: []string{"a"}, Surplus: []string{"a"}},
		},
		{"other text", docs("a=one"), docs("a=two"), "a", Pairing{ByID: 1, TextDiffer: []string{"a"}}},
		{"other white space", docs("a=one two"), docs("a=one\r\ntwo\n"), "a", Pairing{ByID: 1, Realigned: []string{"a"}}},
		{"a failed document", docs("a=one", "b=two"), failed, "a b", Pairing{ByID: 2, Failed: []string{"a"}}},
		{
			"sentences of two files", docs("gold-1=|x", "gold-2=|y"), docs("pred-1=|x", "pred-2=|y"), "pred-1 pred-2",
			Pairing{ByOrder: 2},
		},
		{
			"a token that differs", docs("gold-1=|x", "gold-2=|y"), docs("pred-1=|x", "pred-2=|Y"), "pred-1 pred-2",
			Pairing{ByOrder: 2, TextDiffer: []string{"gold-2"}},
		},
		{
			"a sentence less, in files of one name", docs("f-1=|x", "f-2=|y", "f-3=|z", "f-4=|z"), docs("f-1=|x", "f-2=|z", "f-3=|z"),
			"f-1 - f-2 f-3",
			Pairing{ByOrder: 3, Missing: []string{"f-2"}},
		},
		{
			"the same after a sentence that could not be read", docs("f-1=|x", "f-3=|z", "f-4=|w"), docs("f-1=|x", "f-2=|y", "f-3=|z", "f-4=|v"),
			"f-1 f-3 -",
			Pairing{ByOrder: 2, Missing: []string{"f-4"}, Surplus: []string{"f-2", "f-4"}},
		},
		{
			"sentences with ids of their own keep to them", docs("s-2=|x", "s-1=|y"), docs("s-1=|Y", "s-2=|x"), "s-2 s-1",
			Pairing{ByID: 2, TextDiffer: []string{"s-1"}},
		},
		{"numbers that agree", docs("f-1=|x", "f-2=|y"), docs("f-2=|y", "f-1=|x"), "f-1 f-2", Pairing{ByID: 2}},
		{
			"a sentence more", docs("g-1=|x", "g-2=|y"), docs("p-1=|new", "p-2=|x", "p-3=|y"), "p-2 p-3",
			Pairing{ByOrder: 2, Surplus: []string{"p-1"}},
		},
		{"texts are not paired by order", docs("a=one"), docs("b=one"), "-", Pairing{Missing: []string{"a"}, Surplus: []string{"b"}}},
		{"ids on one side only", docs("s1=|x", "s2=|y"), docs("f-1=|x", "f-2=|y"), "f-1 f-2", Pairing{ByOrder: 2}},
		{"nothing predicted", docs("a=one"), nil, "-", Pairing{Missing: []string{"a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pairs, report := Pairs(c.gold, c.pred)
			var partners []string
			for i, p := range pairs {
				if p.Gold.ID != c.gold[i].ID {
					t.Errorf("pair %d is of %s", i, p.Gold.ID)
				}
				partners = append(partners, cmpOr(p.Pred.ID, "-"))
			}
			if got := strings.Join(partners, " "); got != c.partners {
				t.Errorf("partners %q, want %q", got, c.partners)
			}
			if diff := cmp.Diff(c.want, report); diff != "" {
				t.Errorf("pairing (-want +got):\n%s", diff)
			}
		})
	}
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Every entity of a text must cover the same ink after it was carried to another spacing.
func TestRealign(t *testing.T) {
	from := corpora.Document{ID: "a", Text: "le  cœur\u00a0(atrium) 🫀bat", Entities: ents(t, "X:0-2 X:4-9 X:0-9 X:2-4 X:11-19 X:20-24+24-27 X:11-99")}
	to := corpora.Document{ID: "a", Text: "\nle cœur ( atrium ) 🫀 bat "}
	pairs, report := Pairs([]corpora.Document{to}, []corpora.Document{from})
	if !slices.Equal(report.Realigned, []string{"a"}) {
		t.Fatalf("pairing %+v", report)
	}
	want := []string{"le", "cœur", "le cœur", "", "( atrium )", "🫀 bat", "( atrium ) 🫀 bat"}
	for i, e := range pairs[0].Pred.Entities {
		if len(e.Fragments) == 0 {
			if want[i] != "" {
				t.Errorf("entity %d disappeared", i)
			}
			continue
		}
		if got := e.Surface(to.Text); got != want[i] {
			t.Errorf("entity %d covers %q, want %q", i, got, want[i])
		}
	}
}

func FuzzRealign(f *testing.F) {
	f.Add("a b", 0, 1, 3)
	f.Add("é\xff \u200b x", 2, 5, 1)
	f.Fuzz(func(t *testing.T, text string, start, end, gap int) {
		spaced := strings.Join(strings.FieldsFunc(text, corpora.IsSpace), strings.Repeat(" ", max(1, gap%3)))
		doc := corpora.Document{ID: "a", Text: text}
		doc.Entities = []corpora.Entity{{Label: "X", Fragments: []corpora.Fragment{{Start: start, End: end}}}}
		for _, e := range realign(doc, spaced).Entities {
			for _, fragment := range e.Fragments {
				a, b := clamp(start, len(text)), clamp(end, len(text))
				if got, want := ink(spaced[fragment.Start:fragment.End]), text[a:b]; isValid(text) && onBorders(text, a, b) && got != ink(want) {
					t.Errorf("%q became %q", ink(want), got)
				}
			}
		}
	})
}

func isValid(text string) bool { return strings.ToValidUTF8(text, "") == text }

// onBorders reports whether a and b stand between code points.
func onBorders(text string, a, b int) bool {
	return a <= b && isValid(text[:a]) && isValid(text[a:b])
}

// Gold marks documents, the predictions are sentences; and the other way round.
func TestRegroup(t *testing.T) {
	entity := corpora.Entity{Label: "X", Fragments: []corpora.Fragment{{Start: 2, End: 3}}}
	sentences := docs("p-1=|a b", "p-2=|c d", "p-3=|e f")
	for i := range sentences {
		sentences[i].Entities = []corpora.Entity{entity}
	}
	if _, report := Pairs(docs("one=|a b", "two=|c d"), sentences); report.Regrouped {
		t.Fatal("three sentences were cut to fit two")
	}
	gold := []corpora.Document{
		assemble("one", sentencesOf(sentences[:2])), assemble("two", sentencesOf(sentences[2:])),
	}
	for _, c := range []struct{ gold, pred []corpora.Document }{{gold, sentences}, {sentences, gold}} {
		pairs, report := Pairs(c.gold, c.pred)
		if !report.Regrouped || !report.Clean() || len(pairs) != len(c.gold) {
			t.Errorf("pairing %+v", report)
		}
		if got := Evaluate(pairs).Criteria.Strict.Micro.Counts; got != (Counts{TP: 3}) {
			t.Errorf("counts %v", got)
		}
	}
}

func sentencesOf(ds []corpora.Document) []corpora.Annotated {
	var out []corpora.Annotated
	for _, d := range ds {
		sentences, _ := corpora.Annotate(d)
		out = append(out, sentences...)
	}
	return out
}
