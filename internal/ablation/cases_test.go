package ablation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// told is an engine that tags as a test says.
type told struct {
	ablation.Engine
	says map[string][]corpora.Entity // by document
}

func (e told) Tag(_ context.Context, doc corpora.Document, _ ...string) (corpora.Document, tag.Stats, error) {
	doc.Entities = e.says[doc.ID]
	return doc, tag.Stats{Sentences: 1}, nil
}

// casesOf are the errors of one row in which an engine finds what is said.
func casesOf(t *testing.T, dir string, c config.Config, gold []corpora.Document, says map[string][]corpora.Entity) []ablation.Case {
	t.Helper()
	j := newJob(t, plan(t, "rows: [{name: a}]", c), gold)
	inner := j.Open
	j.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
		e, err := inner(ctx, c)
		return told{e, says}, err
	}
	return runs(t, j).Rows[0].Cases
}

// letters is a stretch of code points.
func letters(text string, m ablation.Mark) string { return string([]rune(text)[m.Start:m.End]) }

func marked(text string, list []ablation.Mark) string {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintf(&b, "[%s|%s]", letters(text, m), m.Label)
	}
	return b.String()
}

// TestCaseOffsets: marks count code points of their own sentence, in text with letters outside the first plane, combining
// marks and emoji of several code points.
func TestCaseOffsets(t *testing.T) {
	demo := document(t, "demo", "Dr. 𝒜 𝑿-linked saw [𝒶taxía 👩🏽‍⚕️|Disease] a\u0301nd [gout|Disease].")
	dir := newIndex(t, demo)
	text := "𝒶 first e\u0301 sentence. Here 𝒶taxía 👩🏽‍⚕️ came with e\u0301 gout and cough to all of us. Last one."
	gold := corpora.Document{ID: "g", Text: text, Entities: []corpora.Entity{
		entity(t, text, "Disease", "𝒶taxía 👩🏽‍⚕️"), entity(t, text, "Disease", "e\u0301 gout"), entity(t, text, "Sign", "cough"), entity(t, text, "Part", "all", "us"),
	}}
	says := []corpora.Entity{
		entity(t, text, "Disease", "𝒶taxía"),    // a wrong border
		entity(t, text, "Sign", "e\u0301 gout"), // a wrong label
		entity(t, text, "Time", "Last one"),     // spurious
	}
	cases := casesOf(t, dir, settings(dir), []corpora.Document{gold}, map[string][]corpora.Entity{"g": says})
	got := map[score.Kind][]string{}
	for _, c := range cases {
		got[c.Kind] = append(got[c.Kind], marked(c.Sentence, []ablation.Mark{c.At}))
		if c.DocID != "g" {
			t.Errorf("case %+v", c)
		}
		if c.Kind == score.Spurious {
			if c.Sentence != "Last one." || len(c.Gold) > 0 || marked(c.Sentence, c.Predicted) != "[Last one|Time]" {
				t.Errorf("case %+v", c)
			}
			continue
		}
		if want := "Here 𝒶taxía 👩🏽‍⚕️ came with e\u0301 gout and cough to all of us."; c.Sentence != want {
			t.Errorf("sentence %q", c.Sentence)
		}
		if g := marked(c.Sentence, c.Gold); g != "[𝒶taxía 👩🏽‍⚕️|Disease][e\u0301 gout|Disease][cough|Sign][all of us|Part]" {
			t.Errorf("gold %s", g)
		}
		if p := marked(c.Sentence, c.Predicted); p != "[𝒶taxía|Disease][e\u0301 gout|Sign]" {
			t.Errorf("predicted %s", p)
		}
		for _, d := range c.Demonstrations {
			if m := marked(d.Text, d.Marks); d.Ref != "demo#0" || m != "[𝒶taxía 👩🏽‍⚕️|Disease][gout|Disease]" {
				t.Errorf("demonstration %s: %s", d.Ref, m)
			}
		}
		if len(c.Demonstrations) != 1 || strings.Join(c.Terms, ", ") != "𝒶taxía 👩🏽‍⚕️ (Disease), gout (Disease)" {
			t.Errorf("%d demonstrations, terms %v", len(c.Demonstrations), c.Terms)
		}
	}
	want := map[score.Kind][]string{
		score.Boundary: {"[𝒶taxía 👩🏽‍⚕️|Disease]"}, score.Label: {"[e\u0301 gout|Disease]"},
		score.Missed: {"[cough|Sign]", "[all of us|Part]"}, score.Spurious: {"[Last one|Time]"},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("cases %v, want %v", got, want)
	}
}

// TestCaseOrder: demonstrations stand as the model sees them, and only those that fit into its context.
func TestCaseOrder(t *testing.T) {
	var docs []corpora.Document
	for i, m := range []string{"The [gout|Disease] of patients.", "The [gout|Disease] of old patients with cough.", "Old patients cough.", "A patient with [pain|Sign]."} {
		docs = append(docs, document(t, fmt.Sprint("d", i), m))
	}
	dir := newIndex(t, docs...)
	gold := document(t, "g", "The [gout|Disease] of old patients with cough and pain.")
	for _, order := range []string{"best-last", "best-first", "by-reference"} {
		for _, context := range []int{4096, 290} {
			c := settings(dir)
			c.Prompt.Order, c.Model.Context, c.Prompt.MaxTokens = order, context, 64
			cases := casesOf(t, dir, c, []corpora.Document{gold}, nil)
			if len(cases) != 1 || cases[0].Kind != score.Missed {
				t.Fatalf("cases %+v", cases)
			}
			var refs, texts []string
			for _, d := range cases[0].Demonstrations {
				refs, texts = append(refs, d.Ref), append(texts, d.Text)
			}
			sent := messages(t, dir, func(x *config.Config) { *x = c; x.Model.Name = "m" }, gold)
			at := -1
			for _, text := range texts {
				next := strings.Index(sent, "Text: "+text)
				if next <= at {
					t.Errorf("%s, %d tokens: %v do not stand in this order in\n%s", order, context, refs, sent)
				}
				at = next
			}
			if shown := strings.Count(sent, "Text: ") - 1; shown != len(refs) || shown == 0 || (context == 290) != (shown < 4) {
				t.Errorf("%s, %d tokens: %v of %d shown", order, context, refs, shown)
			}
		}
	}
}

// TestFewCases: a row keeps so many errors of each kind, from different documents first.
func TestFewCases(t *testing.T) {
	dir := newIndex(t, document(t, "d", "Nothing."))
	var gold []corpora.Document
	for i := range 30 {
		gold = append(gold, document(t, fmt.Sprint("g", i), strings.Repeat("A [gout|Disease] came. ", 5)))
	}
	documents := map[string]bool{}
	cases := casesOf(t, dir, settings(dir), gold, nil)
	for _, c := range cases {
		documents[c.DocID] = true
	}
	if len(cases) != 12 || len(documents) != 12 {
		t.Errorf("%d cases of %d documents", len(cases), len(documents))
	}
}
