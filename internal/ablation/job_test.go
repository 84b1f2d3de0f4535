package ablation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/score"
)

const threeRows = `
reference: as it is
rows:
  - {name: as it is}
  - {name: strict, set: {threshold: 0.8}}
  - {name: the same, set: {threshold: 0}}
  - {name: without terms from far, set: {fuzzy: false, min-prior: 0.5}}
`

// TestJob runs rows with the index alone and compares each figure with what tagging and scoring by hand gives.
func TestJob(t *testing.T) {
	dir, gold := sampleIndex(t), goldDocuments(t, 12)
	p := plan(t, threeRows, settings(dir))
	j := newJob(t, p, gold)
	saved := 0
	j.Save = func(r ablation.Results) error {
		saved++
		if last := saved == len(p.Rows); r.Interrupted == last {
			t.Errorf("after row %d: interrupted %v", saved, r.Interrupted)
		}
		for i, row := range r.Rows {
			if want := map[bool]ablation.State{true: ablation.Done, false: ablation.Pending}[i < saved]; row.State != want {
				t.Errorf("after row %d: row %s is %s", saved, row.Name, row.State)
			}
		}
		return nil
	}
	told := map[string]int{}
	j.Progress = func(what string, done, total int) {
		if told[what]++; done != told[what] || total != len(gold) {
			t.Errorf("%s: told of %d of %d, %d times", what, done, total, told[what])
		}
	}
	r := runs(t, j)
	if saved != 4 || told["strict"] != 12 || states(r) != "as it is done, strict done, the same done, without terms from far done" {
		t.Errorf("saved %d times, told %v, rows: %s", saved, told, states(r))
	}
	for i, row := range r.Rows {
		want := byHand(t, p.Rows[i].Config, gold)
		got := *row.Evaluation
		got.Seconds, want.Seconds = 0, 0
		want.Tagger = "neighbours"
		if a, b := asJSON(t, got), asJSON(t, want); a != b {
			t.Errorf("row %s:\n%s\nby hand:\n%s", row.Name, a, b)
		}
		if row.Tagger != "neighbours" || row.Model != "" || row.Pool != r.Index.Sentences {
			t.Errorf("row %s: tagger %s, model %q, pool %d", row.Name, row.Tagger, row.Model, row.Pool)
		}
		if len(row.Settings) != 3 || row.Evidence == nil || row.Evidence.Sentences != r.Gold.Sentences {
			t.Errorf("row %s: settings %v, evidence %+v", row.Name, row.Settings, row.Evidence)
		}
		if row.Evaluation.Seconds <= 0 || row.Evaluation.Sentences != r.Gold.Sentences {
			t.Errorf("row %s: %g seconds, %d sentences", row.Name, row.Evaluation.Seconds, row.Evaluation.Sentences)
		}
	}
	checkAgainst(t, r)
	if r.Index.Terms != 1500 || r.Index.Mentions == 0 || len(r.Index.Digest) != 64 || r.Gold.Documents != 12 || r.Gold.InIndex != 0 {
		t.Errorf("index %+v, gold %+v", r.Index, r.Gold)
	}
	if r.Version != "test" || r.Seed != 1 || r.Created.IsZero() || !strings.Contains(r.Test, "strict micro F1") || r.Retrieval {
		t.Errorf("results %+v", r)
	}
}

// byHand tags with one engine and scores.
func byHand(t *testing.T, c config.Config, gold []corpora.Document) *ablation.Evaluation {
	t.Helper()
	e, err := open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var pairs []score.Pair
	var x ablation.Evaluation
	for _, doc := range gold {
		pred, stats, err := e.Tag(context.Background(), doc)
		if err != nil {
			t.Fatal(err)
		}
		for i, found := range pred.Entities {
			pred.Entities[i].Score = math.Round(found.Score*1e4) / 1e4
		}
		x.AddCost(stats, 0)
		pairs = append(pairs, score.Pair{Gold: doc, Pred: pred})
	}
	scored := ablation.Evaluate(e, pairs, nil)
	scored.Sentences = x.Sentences
	return scored
}

func asJSON(t *testing.T, x any) string {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkAgainst holds that a row with the reference's settings differs in nothing, and that p is corrected.
func checkAgainst(t *testing.T, r ablation.Results) {
	t.Helper()
	if r.Rows[0].Against != nil {
		t.Errorf("the reference is tested against itself: %+v", r.Rows[0].Against)
	}
	var ps, holm []float64
	for _, row := range r.Rows[1:] {
		a := row.Against
		if a == nil || a.Documents != 12 {
			t.Fatalf("row %s: %+v", row.Name, a)
		}
		f := func(row ablation.Row) float64 { return row.Evaluation.Criteria.Strict.Micro.F1 }
		if d := f(row) - f(r.Rows[0]); math.Abs(d-a.Delta) > 1e-12 || a.Low > a.Delta || a.High < a.Delta {
			t.Errorf("row %s: %+v, but the difference is %g", row.Name, a, d)
		}
		ps, holm = append(ps, a.P), append(holm, a.PHolm)
	}
	if !slices.Equal(holm, score.Holm(ps)) || holm[0] <= ps[0] {
		t.Errorf("p %v, corrected %v", ps, holm)
	}
	if same := *r.Rows[2].Against; same != (ablation.Against{P: 1, PHolm: 1, Documents: 12}) {
		t.Errorf("the row with the reference's settings: %+v", same)
	}
}

// TestJobAgain: two runs give the same results, with one worker or eight.
func TestJobAgain(t *testing.T) {
	dir, gold := sampleIndex(t), goldDocuments(t, 8)
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	var first string
	for _, workers := range []int{1, 8, 1} {
		runtime.GOMAXPROCS(workers)
		r := timeless(runs(t, newJob(t, plan(t, threeRows, settings(dir)), gold)))
		if got := asJSON(t, r); first == "" {
			first = got
		} else if got != first {
			t.Fatalf("%d workers:\n%s\nbefore:\n%s", workers, got, first)
		}
	}
}

// timeless is results without what differs between any two runs.
func timeless(r ablation.Results) ablation.Results {
	r.Created = time.Time{}
	rows := slices.Clone(r.Rows)
	for i := range rows {
		if e := rows[i].Evaluation; e != nil {
			x := *e
			x.Seconds = 0
			rows[i].Evaluation = &x
		}
		if e := rows[i].Evidence; e != nil {
			x := *e
			x.Seconds = 0
			rows[i].Evidence = &x
		}
	}
	r.Rows = rows
	return r
}

func TestRetrievalOnly(t *testing.T) {
	grid := "retrieval_only: true\nrows: [{name: lexical}, {name: random, set: {mode: random}}, {name: the same}, {name: none, set: {mode: none, terms: 0}}]"
	j := newJob(t, plan(t, grid, settings(sampleIndex(t))), goldDocuments(t, 12))
	tagged := spied(j, nil)
	r := runs(t, j)
	if tagged.Load() != 0 || !r.Retrieval || !strings.Contains(r.Test, "token vote") {
		t.Errorf("%d documents tagged; %s", tagged.Load(), r.Test)
	}
	for _, row := range r.Rows {
		if row.State != ablation.Done || row.Evaluation != nil || row.Tagger != "" || row.Evidence == nil {
			t.Fatalf("row %+v", row)
		}
	}
	lexical, random, none := r.Rows[0].Evidence, r.Rows[1].Evidence, r.Rows[3].Evidence
	if lexical.Coverage.Value <= random.Coverage.Value || lexical.Vote.Value <= random.Vote.Value || lexical.TermHits.Value == 0 {
		t.Errorf("lexical %+v, random %+v", lexical, random)
	}
	if a := r.Rows[2].Against; a.Delta != 0 || a.P != 1 {
		t.Errorf("the same settings: %+v", a)
	}
	if a := r.Rows[1].Against; math.Abs(a.Delta-(random.Vote.Value-lexical.Vote.Value)) > 1e-12 {
		t.Errorf("random %+v: not the difference of the votes", a)
	}
	if none.Coverage.Value+none.Vote.Value+none.TermHits.Value+none.Agreement.Value != 0 || none.Sentences == 0 {
		t.Errorf("nothing retrieved: %+v", none)
	}
	for _, s := range []ablation.Share{lexical.Coverage, lexical.Agreement, lexical.Vote, lexical.TermHits} {
		if s.Low > s.Value || s.High < s.Value || s.Value > 1 {
			t.Errorf("share %+v", s)
		}
	}
}

// TestFailedRow: a row whose embedder cannot be opened, or whose every document fails, does not stop the others.
func TestFailedRow(t *testing.T) {
	grid := "rows: [{name: a}, {name: broken, set: {embedder: \"ollama:gone\"}}, {name: dense, set: {mode: dense}}, {name: c, set: {threshold: 0.7}}]"
	j := newJob(t, plan(t, grid, settings(sampleIndex(t))), goldDocuments(t, 3))
	j.Embedder = func(context.Context, string, config.Config) (embed.Embedder, error) {
		return nil, errors.New("no such embedder")
	}
	var notices []string
	j.Notice = func(text string) { notices = append(notices, text) }
	r := runs(t, j)
	if got := states(r); got != "a done, broken failed, dense failed, c done" {
		t.Errorf("rows: %s", got)
	}
	if r.Rows[1].Error != "no such embedder" || !strings.Contains(r.Rows[2].Error, "the index has no vectors") || r.Interrupted {
		t.Errorf("errors %q and %q, interrupted %v", r.Rows[1].Error, r.Rows[2].Error, r.Interrupted)
	}
	if !slices.Contains(notices, "row broken failed: no such embedder") || r.Rows[1].Against != nil || r.Rows[3].Against == nil {
		t.Errorf("notices %q", notices)
	}
}

// TestFailedReference: without figures of the reference nothing is tested, and nothing breaks.
func TestFailedReference(t *testing.T) {
	j := newJob(t, plan(t, "rows: [{name: dense, set: {mode: dense}}, {name: b}]", settings(sampleIndex(t))), goldDocuments(t, 2))
	if r := runs(t, j); states(r) != "dense failed, b done" || r.Rows[1].Against != nil {
		t.Errorf("rows: %s, against %+v", states(r), r.Rows[1].Against)
	}
}

// TestFatal: an error after which nothing can succeed ends the run with what was done.
func TestFatal(t *testing.T) {
	gold := goldDocuments(t, 6)
	j := newJob(t, plan(t, threeRows, settings(sampleIndex(t))), gold)
	dead := &llm.Error{Kind: llm.Unreachable, Err: errors.New("connection refused")}
	var inner atomic.Int64
	spied(j, func(context.Context, corpora.Document) error {
		if inner.Add(1) > int64(len(gold)) { // in the second row
			return dead
		}
		return nil
	})
	r, err := j.Run(context.Background())
	if !errors.Is(err, error(dead)) || !strings.Contains(err.Error(), "row strict: ") {
		t.Errorf("error %v", err)
	}
	if got := states(r); got != "as it is done, strict pending, the same pending, without terms from far pending" || !r.Interrupted {
		t.Errorf("rows: %s", got)
	}
}

// TestFailedDocument: a panic or an error fails its document alone, which counts as missed and is named by a code.
func TestFailedDocument(t *testing.T) {
	gold := goldDocuments(t, 6)
	j := newJob(t, plan(t, "rows: [{name: a}]", settings(sampleIndex(t))), gold)
	j.Code = func(error) string { return "broken" }
	spied(j, func(_ context.Context, doc corpora.Document) error {
		switch doc.ID {
		case gold[1].ID:
			panic("the text: " + doc.Text)
		case gold[4].ID:
			return errors.New("refused")
		}
		return nil
	})
	r := runs(t, j)
	x := r.Rows[0].Evaluation
	if r.Rows[0].State != ablation.Done || x.Failed != 2 || x.Documents != 6 || x.Calls != 1 {
		t.Errorf("%s; %d failed of %d, %d calls", r.Rows[0].State, x.Failed, x.Documents, x.Calls)
	}
	for _, i := range []int{1, 4} {
		c := r.Rows[0].Counts[i].Tally[score.Strict]
		if c.TP+c.FP != 0 || int(c.FN) != len(gold[i].Entities) {
			t.Errorf("document %d counts %+v", i, c)
		}
	}
	all := 0.0
	for _, c := range r.Rows[0].Counts {
		all += c.Tally[score.Strict].TP
	}
	if all == 0 || all != x.Criteria.Strict.Micro.TP {
		t.Errorf("%g found, %g in the sum", all, x.Criteria.Strict.Micro.TP)
	}
}

// TestSaveFails ends the run: figures that cannot be kept are not worth making.
func TestSaveFails(t *testing.T) {
	j := newJob(t, plan(t, threeRows, settings(sampleIndex(t))), goldDocuments(t, 1))
	full := errors.New("disk full")
	j.Save = func(ablation.Results) error { return full }
	if r, err := j.Run(context.Background()); !errors.Is(err, full) || r.Rows[0].State != ablation.Done || r.Rows[1].State != ablation.Pending {
		t.Errorf("error %v, rows: %s", err, states(r))
	}
}

func TestNoIndex(t *testing.T) {
	j := newJob(t, plan(t, threeRows, settings(filepath.Join(t.TempDir(), "none"))), goldDocuments(t, 1))
	if r, err := j.Run(context.Background()); err == nil || len(r.Rows) != 0 {
		t.Errorf("%d rows, error %v", len(r.Rows), err)
	}
}

// TestCosts: nothing is called; a prompt that an earlier row sends too is not counted again; documents that stand in
// the index, also as a copy, are held out as they will be; rows of pools that are too large are left out, and those of smaller ones have prompts of their own.
func TestCosts(t *testing.T) {
	c := settings(sampleIndex(t))
	c.Model.Name, c.Model.URL = "m", "http://127.0.0.1:1"
	grid := "rows:\n- {name: a}\n- {name: b, set: {trust: 0.5}}\n- {name: zero, set: {k: 0, terms: 0}}\n- {name: index, set: {tagger: neighbours}}\n- {name: huge, set: {pool: 100000}}\n- {name: small, set: {pool: 20}}"
	j := newJob(t, plan(t, grid, c), goldDocuments(t, 4))
	tagged := spied(j, nil)
	costs, err := j.Costs(context.Background())
	if err != nil || tagged.Load() != 0 {
		t.Fatalf("%d tagged, error %v", tagged.Load(), err)
	}
	var list []string
	for _, x := range costs {
		list = append(list, fmt.Sprint(x.Row, " ", x.Tagger, " ", x.Calls > 0, x.New > 0, x.PromptTokens > 0, x.OutputTokens > 0))
	}
	want := "a llm true true true true; b llm true false false false; zero llm true true true true; index neighbours false false false false; small llm true true true true"
	if got := strings.Join(list, "; "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if costs[0].Calls != costs[0].New || costs[2].PromptTokens >= costs[0].PromptTokens {
		t.Errorf("costs %+v", costs)
	}
}
