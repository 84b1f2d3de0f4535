package ablation_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ragner/ragner"
	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/corpora/sample"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
)

// others are documents that may be shown.
func others(t *testing.T) (docs []corpora.Document) {
	t.Helper()
	for i, marked := range []string{
		"Patients with [cystic fibrosis|Disease|D1] cough. The gene was found.",
		"[Cystic fibrosis|Disease|D1] is inherited. It is rare.",
		"[Gout|Disease|D2] is an illness of the patients.",
		"A [cold|Disease] may follow. The water was cold.",
		"[Malaria|Disease|D3] is a fever. It came from Norway.",
		"Nothing was found in the samples.",
	} {
		docs = append(docs, document(t, fmt.Sprint("d", i), marked))
	}
	return docs
}

// secret is a gold document. Its sentences repeat its mentions, so that one sentence could betray another.
func secret(t *testing.T, id string) corpora.Document {
	t.Helper()
	return document(t, id, "The [blorb fever|Disease|ZQ1] is an illness of [Tromsø|Disease|ZQ2]. "+
		"Patients with [blorb fever|Disease|ZQ1] cough. [Severe blorb fever|Disease|ZQ3] (SBF) came from [Tromsø|Disease|ZQ2]. "+
		"In patients [SBF|Disease|ZQ3] is rare, and so is [cystic fibrosis|Disease|ZQ4].")
}

// messages are all that would be sent for a document.
func messages(t *testing.T, dir string, change func(*config.Config), doc corpora.Document, without ...string) string {
	t.Helper()
	c := settings(dir)
	c.Model.Name = "m"
	change(&c)
	e, err := ragner.Open(context.Background(), dir, c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	shown, err := e.Shown(context.Background(), doc, without...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range shown {
		for _, m := range s.Prompt.Messages {
			fmt.Fprintf(&b, "%s: %s\n", m.Role, m.Content)
		}
	}
	return b.String()
}

// TestPromptsAsIfUnseen: with a gold document in the index, or a copy of it that is held out, each prompt is to the byte
// that of an index without them. All that can be found is shown, in an order that does not hang on scores, which
// indexed words change.
func TestPromptsAsIfUnseen(t *testing.T) {
	gold, copied := secret(t, "gold"), secret(t, "copy")
	clean := newIndex(t, others(t)...)
	own := newIndex(t, append(others(t), gold)...)
	twin := newIndex(t, append(others(t), copied)...)
	both := newIndex(t, append(others(t), gold, copied)...)
	for _, format := range []string{"json", "lines", "inline"} {
		for _, k := range []int{0, 1, 30} {
			change := func(c *config.Config) {
				c.Prompt.Format, c.Retrieval.K, c.Prompt.Context, c.Prompt.Order = format, k, 1, "by-reference"
			}
			want := messages(t, clean, change, gold)
			if got := messages(t, own, change, gold); got != want {
				t.Errorf("%s, k %d, the document in the index:\n%s\nnot in it:\n%s", format, k, got, want)
			}
			for _, dir := range []string{twin, both} {
				if got := messages(t, dir, change, gold, "copy"); got != want {
					t.Errorf("%s, k %d, with a copy:\n%s\nwithout:\n%s", format, k, got, want)
				}
			}
			if !strings.Contains(want, "cystic fibrosis (Disease)") || strings.Contains(want, "blorb fever (Disease)") {
				t.Errorf("%s, k %d: the term hits:\n%s", format, k, want)
			}
			if got := messages(t, twin, change, gold); !strings.Contains(got, "blorb fever (Disease)") {
				t.Errorf("%s, k %d: a copy that is not held out betrays nothing, so this test shows nothing", format, k)
			}
		}
	}
}

// TestTwins names the copies of gold documents, also such as an annotation joins two sentences of, and no others.
func TestTwins(t *testing.T) {
	gold := secret(t, "gold")
	longer := secret(t, "longer")
	longer.Text += " More is said."
	shorter := document(t, "shorter", "The [blorb fever|Disease] is an illness of Tromsø.")
	crossing := document(t, "crossing", "It is [type one. Diabetes|Disease] it was. It went.")
	crossed := crossing
	crossed.ID = "crossed"
	blank := corpora.Document{ID: "blank"}
	dir := newIndex(t, append(others(t), gold, secret(t, "copy"), secret(t, "a#b#3"), longer, shorter, crossed)...)
	x, err := index.Open(dir, index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	fresh := document(t, "d1", "Another text under an indexed id.")
	part := document(t, "part", "The blorb fever is an illness of Tromsø.")
	twins := ablation.Twins(x, []corpora.Document{gold, crossing, blank, fresh, part})
	want := map[string][]string{"gold": {"a#b#3", "copy", "longer"}, "crossing": {"crossed"}, "part": {"a#b#3", "copy", "gold", "longer", "shorter"}}
	if fmt.Sprint(twins) != fmt.Sprint(want) {
		t.Errorf("twins %v, want %v", twins, want)
	}
}

// TestNamesake: a document that has no more than its id from one in the index does not stand in it.
func TestNamesake(t *testing.T) {
	x, err := index.Open(newIndex(t, others(t)...), index.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	gold := func(yield func(corpora.Document, error) bool) {
		_ = yield(others(t)[0], nil) && yield(document(t, "d1", "Another text under an indexed id."), nil)
	}
	info, twins, err := ablation.InspectGold(x, gold, ablation.GoldInfo{})
	if err != nil || info.InIndex != 1 || len(twins) != 0 {
		t.Errorf("%d documents in the index, twins %v, error %v", info.InIndex, twins, err)
	}
}

// TestHeldOutInResults: what stands in the index is told, not shown, and counts as unseen.
func TestHeldOutInResults(t *testing.T) {
	gold := []corpora.Document{secret(t, "gold"), document(t, "new", "[Gout|Disease] came. Nothing was found in the samples. [Odd things|Sign] were seen.")}
	dir := newIndex(t, append(others(t), gold[0], secret(t, "copy"))...)
	j := newJob(t, plan(t, "rows: [{name: a}, {name: retrieving, set: {k: 8}}]", settings(dir)), gold)
	r := runs(t, j)
	if g := r.Gold; g.InIndex != 1 || g.SameText != 1 || fmt.Sprint(g.UnseenLabels) != "[Sign]" || g.Mentions != 9 || g.Sentences != 7 {
		t.Errorf("gold %+v", g)
	}
	for _, row := range r.Rows {
		x := row.Evaluation
		seen, unseen := x.Seen.Strict.Micro, x.Unseen.Strict.Micro
		if seen.TP+seen.FN != 2 || unseen.TP+unseen.FN != 7 || x.InIndex != 1 {
			t.Errorf("%g seen and %g unseen mentions, %d in the index", seen.TP+seen.FN, unseen.TP+unseen.FN, x.InIndex)
		}
		if unseen.TP > 0 {
			t.Errorf("%g of what only the gold document has annotated was found", unseen.TP)
		}
		if len(row.Cases) == 0 {
			t.Error("no errors to look at")
		}
		for _, c := range row.Cases {
			for _, d := range c.Demonstrations {
				if strings.HasPrefix(d.Ref, "gold#") || strings.HasPrefix(d.Ref, "copy#") {
					t.Errorf("%s was shown for %s", d.Ref, c.DocID)
				}
			}
			if slices.ContainsFunc(c.Terms, func(term string) bool { return strings.Contains(term, "blorb") || strings.Contains(term, "Troms") }) {
				t.Errorf("terms %v were shown for %s", c.Terms, c.DocID)
			}
		}
	}
	only := newJob(t, plan(t, "retrieval_only: true\nrows: [{name: a}]", settings(dir)), gold[:1])
	if e := runs(t, only).Rows[0].Evidence; math.Abs(e.Coverage.Value-1.0/7) > 1e-9 || math.Abs(e.TermHits.Value-1.0/7) > 1e-9 {
		t.Errorf("evidence %+v: only cystic fibrosis stands elsewhere", e)
	}
}

// TestTrainScoresLikeUnseen: a document that stands in the index scores about as it does with an index from which it alone
// is left out, under its own id or another one. Not held out it scores far better.
func TestTrainScoresLikeUnseen(t *testing.T) {
	docs := trainDocuments(t, 80)
	gold := docs[:14]
	terms, err := sample.Ontology()
	if err != nil {
		t.Fatal(err)
	}
	dir := func(docs []corpora.Document) string {
		return world{documents: docs, terms: terms[:500]}.build(t, t.TempDir())
	}
	f1 := func(dir string, gold []corpora.Document) float64 {
		return runs(t, newJob(t, plan(t, "rows: [{name: a}]", settings(dir)), gold)).Rows[0].Evaluation.Criteria.Strict.Micro.F1
	}
	renamed := slices.Clone(gold)
	for i := range renamed {
		renamed[i].ID = "copy" + renamed[i].ID
	}
	var counts score.Counts
	for i, doc := range gold {
		left := dir(slices.Concat(docs[:i], docs[i+1:]))
		counts.Add(byHand(t, settings(left), []corpora.Document{doc}).Criteria.Strict.Micro.Counts)
	}
	all := dir(docs)
	unseen, own, copied := counts.Ratios().F1, f1(all, gold), f1(all, renamed)
	betrayed := byHand(t, settings(all), renamed).Criteria.Strict.Micro.F1
	t.Logf("strict F1: left out %.3f, held out %.3f, a copy held out %.3f, not held out %.3f", unseen, own, copied, betrayed)
	if math.Abs(own-unseen) > 0.03 || math.Abs(copied-unseen) > 0.03 {
		t.Errorf("left out %.3f, held out %.3f, a copy held out %.3f", unseen, own, copied)
	}
	if betrayed-unseen < 0.1 {
		t.Errorf("not held out %.3f, left out %.3f: this test shows nothing", betrayed, unseen)
	}
}
