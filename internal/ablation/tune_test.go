package ablation_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/llm"
	"github.com/ragner/ragner/internal/tag"
	"github.com/ragner/ragner/internal/testkit"
)

// toy is an engine whose answers are right as often as skill says of its settings; it counts the sentences that it has
// not answered before under what bears on a model's answer, as a cache does.
type toy struct {
	ablation.Engine
	c     config.Config
	skill func(c config.Config, sentence int) bool
	log   *toyLog
}

type toyLog struct {
	mu    sync.Mutex
	asked map[string]bool
	calls int
	docs  map[string][]string // documents tagged, by step
}

func (e toy) Tag(_ context.Context, doc corpora.Document, _ ...string) (corpora.Document, tag.Stats, error) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	var found []corpora.Entity
	var stats tag.Stats
	for i, s := range tag.Inputs(doc, 0) {
		key := fmt.Sprint(doc.ID, i, e.c.Prompt.Format, e.c.Prompt.Turns, e.c.Retrieval.K, e.c.Retrieval.Weight)
		stats.Sentences++
		if e.log.asked[key] {
			stats.CacheHits++
		} else {
			e.log.asked[key] = true
			stats.Calls++
			e.log.calls++
		}
		for _, gold := range doc.Entities {
			if gold.Start() >= s.Sentence.Offset && gold.Start() < s.Sentence.Offset+len(s.Sentence.Text) && e.skill(e.c, i+int(doc.ID[len(doc.ID)-1])) {
				found = append(found, gold)
			}
		}
	}
	doc.Entities = found
	return doc, stats, nil
}

// toys are gold documents with two sentences and two mentions each.
func toys(t *testing.T, n int) (docs []corpora.Document) {
	t.Helper()
	for i := range n {
		docs = append(docs, document(t, fmt.Sprintf("t%03d", i), fmt.Sprintf("The [gout%d|Disease] came. The [cold%d|Disease] went.", i, i)))
	}
	return docs
}

func newTuner(t *testing.T, c config.Config, gold []corpora.Document, skill func(config.Config, int) bool) (*ablation.Tuner, *toyLog) {
	t.Helper()
	log := &toyLog{asked: map[string]bool{}, docs: map[string][]string{}}
	tuner := &ablation.Tuner{Config: c, Gold: gold, Seed: 1}
	tuner.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
		plain := c
		plain.Tagger = "neighbours" // the toy has its own answers
		e, err := open(ctx, plain)
		return toy{e, c, skill, log}, err
	}
	return tuner, log
}

func withModel(dir string) config.Config {
	c := settings(dir)
	c.Model.Name = "m"
	return c
}

func tunes(t *testing.T, tuner *ablation.Tuner) ablation.Tuned {
	t.Helper()
	tuned, err := tuner.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return tuned
}

func emptyIndex(t *testing.T) string { return newIndex(t, document(t, "d", "[Gout|Disease] came.")) }

// TestTuneTakesTheBetter: values that are truly better are taken, one after the other, and confirmed on other documents.
func TestTuneTakesTheBetter(t *testing.T) {
	skill := func(c config.Config, n int) bool {
		right := 4
		if c.Prompt.Format == "lines" && !c.Prompt.Turns {
			right += 3
		}
		if c.Retrieval.K == 8 {
			right += 2
		}
		return n%10 < right
	}
	tuner, log := newTuner(t, withModel(emptyIndex(t)), toys(t, 60), skill)
	tuned := tunes(t, tuner)
	if got := fmt.Sprint(tuned.Changes); got != "[{retrieval.k 8} {prompt.format lines} {prompt.turns false}]" {
		t.Errorf("changes %s", got)
	}
	if tuned.Choice != 40 || tuned.Check != 20 || tuned.Before.Documents != 20 || tuned.After.Documents != 20 {
		t.Errorf("%d to choose on, %d to check", tuned.Choice, tuned.Check)
	}
	if g := tuned.Gain; g.Delta < 0.2 || g.Low <= 0 || g.P > 0.01 || g.Documents != 20 {
		t.Errorf("gain %+v", g)
	}
	if tuned.Calls != log.calls {
		t.Errorf("%d calls told, %d made", tuned.Calls, log.calls)
	}
	taken := map[string][]string{}
	for i, try := range tuned.Tries {
		if try.Taken {
			taken[try.Step] = append(taken[try.Step], try.Value)
		}
		if first := i == 0 || tuned.Tries[i-1].Step != try.Step; first != (try.Better == 0) {
			t.Errorf("try %+v", try)
		}
	}
	want := map[string][]string{
		"answer format": {"answer-format lines, turns false"}, "demonstrations": {"k 8"}, "weight of vectors": {fmt.Sprint("weight ", tuner.Config.Retrieval.Weight)},
		"trust in the model": {"trust 0"}, "threshold": {"threshold 0"},
	}
	if fmt.Sprint(taken) != fmt.Sprint(want) {
		t.Errorf("taken %v, want %v", taken, want)
	}
	again, _ := newTuner(t, tuner.Config, tuner.Gold, skill)
	if b := tunes(t, again); fmt.Sprint(b.Tries) != fmt.Sprint(tuned.Tries) {
		t.Error("another run took other values")
	}
}

// TestTuneNothingBetter: what makes no difference, or a small one by chance, is not taken.
func TestTuneNothingBetter(t *testing.T) {
	tuner, _ := newTuner(t, withModel(emptyIndex(t)), toys(t, 30), func(_ config.Config, n int) bool { return n%2 == 0 })
	tuned := tunes(t, tuner)
	if len(tuned.Changes) != 0 || tuned.Gain.Delta != 0 || tuned.Gain.P != 1 {
		t.Errorf("changes %v, gain %+v", tuned.Changes, tuned.Gain)
	}
	without, _ := newTuner(t, settings(emptyIndex(t)), toys(t, 30), func(c config.Config, n int) bool { return c.Retrieval.Fuzzy && n%2 == 0 })
	if tuned := tunes(t, without); len(tuned.Changes) != 0 || tuned.Calls == 0 {
		t.Errorf("changes %v", tuned.Changes)
	}
}

// TestTuneDivides: no document is both chosen on and checked on, and all are used.
func TestTuneDivides(t *testing.T) {
	for _, n := range []int{6, 7, 8, 31} {
		gold := toys(t, n)
		used := map[string]map[string]bool{"choice": {}, "check": {}}
		stage := "choice"
		tuner, log := newTuner(t, settings(emptyIndex(t)), gold, func(config.Config, int) bool { return true })
		tuner.Progress = func(what string, _, _ int) {
			if stage = "choice"; strings.HasPrefix(what, "check ") {
				stage = "check"
			}
		}
		inner := tuner.Open
		opened := 0
		tuner.Open = func(ctx context.Context, c config.Config) (ablation.Engine, error) {
			opened++
			e, err := inner(ctx, c)
			return noting{e, func(id string) {
				log.mu.Lock()
				defer log.mu.Unlock()
				log.docs[fmt.Sprint(opened)] = append(log.docs[fmt.Sprint(opened)], id)
			}}, err
		}
		tuned := tunes(t, tuner)
		for at, ids := range log.docs {
			name := "choice"
			if at == fmt.Sprint(opened) || at == fmt.Sprint(opened-1) {
				name = "check"
			}
			for _, id := range ids {
				used[name][id] = true
			}
		}
		for id := range used["check"] {
			if used["choice"][id] {
				t.Errorf("%d documents: %s is chosen on and checked on", n, id)
			}
		}
		if len(used["choice"]) != tuned.Choice || len(used["check"]) != tuned.Check || tuned.Choice+tuned.Check != n || stage != "check" {
			t.Errorf("%d documents: %d to choose on, %d to check", n, tuned.Choice, tuned.Check)
		}
	}
}

// noting tells of each document that is tagged.
type noting struct {
	ablation.Engine
	note func(id string)
}

func (e noting) Tag(ctx context.Context, doc corpora.Document, without ...string) (corpora.Document, tag.Stats, error) {
	e.note(doc.ID)
	return e.Engine.Tag(ctx, doc, without...)
}

// TestTuneBudget: never more calls than the budget, whatever values are in use; the notice says what is left out.
func TestTuneBudget(t *testing.T) {
	for _, budget := range []int{250, 500, 0} {
		for _, change := range []func(*config.Config){
			func(*config.Config) {},
			func(c *config.Config) { c.Retrieval.K, c.Retrieval.Weight = 4, 0.47 }, // none of the candidates
			func(c *config.Config) { c.Retrieval.Mode = "lexical" },
		} {
			c := withModel(emptyIndex(t))
			change(&c)
			// Every new value is better, so that each step goes on from another one.
			n := 0
			tuner, log := newTuner(t, c, toys(t, 30), func(x config.Config, s int) bool { return s%10 < x.Retrieval.K })
			tuner.Budget = budget
			tuner.Notice = func(string) { n++ }
			tuned := tunes(t, tuner)
			if budget > 0 && log.calls > budget {
				t.Errorf("%d calls for a budget of %d, with k %d, weight %g, mode %s", log.calls, budget, c.Retrieval.K, c.Retrieval.Weight, c.Retrieval.Mode)
			}
			if (tuned.Choice < 20) != (n == 1) || tuned.Calls != log.calls || budget == 0 && tuned.Choice != 20 {
				t.Errorf("budget %d: %d documents to choose on, %d notices, %d calls told, %d made", budget, tuned.Choice, n, tuned.Calls, log.calls)
			}
		}
	}
}

func TestTuneRefuses(t *testing.T) {
	few, _ := newTuner(t, settings(emptyIndex(t)), toys(t, 5), nil)
	if _, err := few.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "wants 6 gold documents or more, but got 5") {
		t.Errorf("few documents: error %v", err)
	}
	small, log := newTuner(t, withModel(emptyIndex(t)), toys(t, 30), nil)
	small.Budget = 50
	_, err := small.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "a budget of 50 calls is too small") || log.calls != 0 {
		t.Fatalf("small budget: error %v", err)
	}
	var enough int
	if _, scanErr := fmt.Sscanf(err.Error()[strings.LastIndex(err.Error(), "a budget of ")+len("a budget of "):], "%d", &enough); scanErr != nil {
		t.Fatalf("no budget in %q", err)
	}
	right, _ := newTuner(t, withModel(emptyIndex(t)), toys(t, 30), func(config.Config, int) bool { return true })
	right.Budget = enough
	if tuned := tunes(t, right); tuned.Choice != 4 {
		t.Errorf("with the budget that the error names: %d documents to choose on", tuned.Choice)
	}
	missing, _ := newTuner(t, settings(filepath.Join(t.TempDir(), "none")), toys(t, 6), nil)
	if _, err := missing.Run(context.Background()); err == nil {
		t.Error("no index: no error")
	}
	dead, _ := newTuner(t, withModel(emptyIndex(t)), toys(t, 6), func(config.Config, int) bool { panic("not asked") })
	gone := &llm.Error{Kind: llm.Unreachable, Err: errors.New("connection refused")}
	dead.Fatal = func(err error) bool { return errors.Is(err, error(gone)) }
	dead.Open = func(context.Context, config.Config) (ablation.Engine, error) { return nil, gone }
	if _, err := dead.Run(context.Background()); !errors.Is(err, error(gone)) {
		t.Errorf("a dead server: error %v", err)
	}
}

// TestTuneHoldsOut: a gold document whose copy stands in the index is tuned on as if it did not.
func TestTuneHoldsOut(t *testing.T) {
	gold := toys(t, 9)
	var copies []corpora.Document
	for _, d := range gold {
		d.ID = "copy-" + d.ID
		copies = append(copies, d)
	}
	tuner := &ablation.Tuner{Config: settings(newIndex(t, append(copies, document(t, "d", "Nothing came."))...)), Gold: gold, Seed: 1}
	tuner.Open = open
	if tuned := tunes(t, tuner); tuned.Before.Criteria.Strict.Micro.TP > 0 || tuned.Before.InIndex != 3 {
		t.Errorf("%g mentions found that only copies have annotated; %d in the index", tuned.Before.Criteria.Strict.Micro.TP, tuned.Before.InIndex)
	}
}

// TestTuneServer tunes with real engines and a model server, whose answers are kept: what is counted is what it was
// asked, and a second run asks nothing.
func TestTuneServer(t *testing.T) {
	server := testkit.NewFaultServer(t, func(w *testkit.Wire) {
		w.Prompt = 2000
		testkit.Answer("none\n")(w)
	})
	c := withModel(emptyIndex(t))
	c.Model.URL, c.Model.Cache, c.Model.Retries = server.URL, filepath.Join(t.TempDir(), "answers.db"), 0
	c.Retrieval.Mode = "lexical"
	run := func() ablation.Tuned {
		tuner := &ablation.Tuner{Config: c, Gold: toys(t, 8), Seed: 1, Budget: 300}
		tuner.Open = open
		return tunes(t, tuner)
	}
	first := run()
	asked := len(server.Requests())
	if asked == 0 || asked > 300 || first.Calls != asked {
		t.Errorf("%d calls told, %d made", first.Calls, asked)
	}
	second := run()
	if n := len(server.Requests()) - asked; n != 0 || second.Calls != 0 {
		t.Errorf("a second run makes %d calls and tells of %d", n, second.Calls)
	}
	if !slices.EqualFunc(first.Tries, second.Tries, func(a, b ablation.Try) bool { return a == b }) {
		t.Errorf("tries %+v, then %+v", first.Tries, second.Tries)
	}
}
