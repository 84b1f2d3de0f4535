package ablation_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/retrieval"
)

// canned is an engine that retrieves what a test says, by the text of the sentence.
type canned struct {
	ablation.Engine
	evidence map[string]retrieval.Evidence
}

func (c canned) Retrieve(_ context.Context, q retrieval.Query) (retrieval.Evidence, error) {
	return c.evidence[q.Sentence.Text], nil
}

// demonstrations reads "the [VHL|Gene] gene", a sentence each.
func demonstrations(t *testing.T, marked ...string) (list []retrieval.Demonstration) {
	t.Helper()
	for i, m := range marked {
		d := document(t, "demo", m)
		list = append(list, retrieval.Demonstration{
			Sentence: corpora.Sentence{DocID: "demo", Index: i, Text: d.Text, Tokens: corpora.Tokenize(d.Text)}, Entities: d.Entities,
		})
	}
	return list
}

func hit(t *testing.T, sentence, surface string) retrieval.TermHit {
	t.Helper()
	return retrieval.TermHit{Fragment: entity(t, sentence, "", surface).Fragments[0], Surface: surface}
}

// weighed is the evidence of gold documents when an engine retrieves what is said.
func weighed(t *testing.T, gold []corpora.Document, evidence map[string]retrieval.Evidence) *ablation.Evidence {
	t.Helper()
	j := newJob(t, plan(t, "retrieval_only: true\nrows: [{name: a}]", settings(newIndex(t, document(t, "d", "Nothing.")))), gold)
	inner := j.Open
	j.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
		e, err := inner(ctx, c)
		return canned{e, evidence}, err
	}
	return runs(t, j).Rows[0].Evidence
}

func checkShare(t *testing.T, what string, got ablation.Share, want float64) {
	t.Helper()
	if math.Abs(got.Value-want) > 1e-12 {
		t.Errorf("%s %g, want %g", what, got.Value, want)
	}
}

// TestEvidenceByHand counts on three small documents.
func TestEvidenceByHand(t *testing.T) {
	const first, second = "Cystic Fibrosis and gout were seen.", "No cough, but colds."
	gold := []corpora.Document{
		document(t, "one", "[Cystic Fibrosis|Disease] and [gout|Disease] were seen. No [cough|Sign], but [colds|Disease]."),
		document(t, "two", "Nothing at all."),
		document(t, "three", "[Zinc|Chemical] was given."),
	}
	evidence := map[string]retrieval.Evidence{
		first: {
			Demonstrations: demonstrations(t, "She has [cystic  fibrosis|Disease] and [gout|Sign].", "He has [gout|Disease] and [gout|Sign]."),
			Terms:          []retrieval.TermHit{hit(t, first, "Cystic Fibrosis"), hit(t, first, "seen")},
		},
		second: {
			Demonstrations: demonstrations(t, "A [cough|Disease] came.", "Nothing, but a [dry cough|Sign]."),
			Terms:          []retrieval.TermHit{hit(t, second, "colds"), hit(t, second, "No cough")},
		},
		"Nothing at all.": {Demonstrations: demonstrations(t, "[Nothing|Sign] at all.")},
	}
	// Known: Cystic Fibrosis (Disease, right), gout (Sign twice, Disease once: wrong), cough (Disease: wrong); not colds, Zinc.
	x := weighed(t, gold, evidence)
	checkShare(t, "coverage", x.Coverage, 3.0/5)
	checkShare(t, "agreement", x.Agreement, 1.0/3)
	checkShare(t, "term hits", x.TermHits, 2.0/5)
	// Tokens. one: Cystic, Fibrosis right; gout Sign for Disease (both wrong); cough one for Disease, one for Sign, the
	// first in order: Disease, wrong for Sign; colds missed. two: Nothing is labelled, wrongly. three: Zinc missed.
	// So 2 right, 3 wrong, 4 missed.
	checkShare(t, "vote", x.Vote, 2*2.0/(2*2+3+4))
	if x.Sentences != 4 || x.Seconds < 0 {
		t.Errorf("%d sentences, %g seconds", x.Sentences, x.Seconds)
	}
}

// TestVotesAgainstAnnotations: a word that mostly stands outside mentions is left outside; ties go outside.
func TestVotesAgainstAnnotations(t *testing.T) {
	gold := []corpora.Document{document(t, "a", "A [cold|Disease] day and a [fever|Sign].")}
	evidence := map[string]retrieval.Evidence{"A cold day and a fever.": {Demonstrations: demonstrations(t,
		"The [cold|Disease] came.", "It was cold.", "A [Fever|Sign] and fever [fever|Sign].")}}
	x := weighed(t, gold, evidence)
	checkShare(t, "coverage", x.Coverage, 1) // both stand annotated
	checkShare(t, "agreement", x.Agreement, 1)
	checkShare(t, "vote", x.Vote, 2*1.0/(2*1+0+1))
}

// TestOddGold: an entity that crosses the border of two sentences counts where it begins; discontinuous and nested ones
// count one each; one outside every sentence, or without any place, does not.
func TestOddGold(t *testing.T) {
	text := "left and right atrial dilation came. He has type one.\n\nDiabetes it was. "
	gold := corpora.Document{ID: "odd", Text: text, Entities: []corpora.Entity{
		entity(t, text, "Sign", "left", "atrial dilation"),
		entity(t, text, "Sign", "right atrial dilation"),
		entity(t, text, "Sign", "dilation"),
		entity(t, text, "Disease", "type one.\n\nDiabetes"),
		{Label: "Sign", Fragments: []corpora.Fragment{{Start: len(text) - 1, End: len(text)}}},
		{Label: "Sign"},
	}}
	const first, second = "left and right atrial dilation came.", "He has type one."
	evidence := map[string]retrieval.Evidence{
		first: {
			Demonstrations: demonstrations(t, "There was [left atrial dilation|Sign].", "A [dilation|Finding]."),
			Terms:          []retrieval.TermHit{hit(t, first, "left"), hit(t, first, "right atrial dilation")},
		},
		second: {Demonstrations: demonstrations(t, "Here is [type one.|Disease]"), Terms: []retrieval.TermHit{hit(t, second, "type one.")}},
	}
	// Four count: left … dilation and dilation stand in the demonstrations, right atrial dilation does not; of type one.
	// Diabetes the part in its sentence does.
	x := weighed(t, []corpora.Document{gold}, evidence)
	checkShare(t, "coverage", x.Coverage, 3.0/4)
	checkShare(t, "agreement", x.Agreement, 2.0/3) // dilation alone is a Finding
	checkShare(t, "term hits", x.TermHits, 2.0/4)  // a hit is continuous
	// left: the longest mention is Sign; right and atrial: Sign; dilation once Sign, once Finding: the first in order,
	// Finding, is wrong; type, one and the point behind it right.
	checkShare(t, "vote", x.Vote, 2*5.0/(2*5+1+2))
}

// TestNothingToWeigh: gold without mentions, and an index without sentences, give shares of nothing.
func TestNothingToWeigh(t *testing.T) {
	gold := []corpora.Document{document(t, "a", "Nothing at all."), document(t, "b", "")}
	if x := weighed(t, gold, nil); x.Coverage != (ablation.Share{}) || x.Agreement != (ablation.Share{}) || x.Vote != (ablation.Share{}) || x.Sentences != 1 {
		t.Errorf("%+v", x)
	}
	dir := newIndex(t) // empty
	for _, grid := range []string{"retrieval_only: true\nrows: [{name: a}]", "rows: [{name: a}, {name: b, set: {pool: 5}}]"} {
		j := newJob(t, plan(t, grid, settings(dir)), goldDocuments(t, 2))
		r := runs(t, j)
		row := r.Rows[0]
		if row.State != ablation.Done || row.Evidence.Coverage.Value+row.Evidence.TermHits.Value != 0 || row.Evidence.Sentences == 0 {
			t.Errorf("%s: %s %s, %+v", grid, row.State, row.Error, row.Evidence)
		}
		if len(r.Gold.UnseenLabels) != 1 || r.Index.Sentences != 0 || strings.Contains(asJSON(t, r), "NaN") {
			t.Errorf("gold %+v, index %+v", r.Gold, r.Index)
		}
	}
}
