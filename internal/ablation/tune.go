package ablation

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/score"
)

// Tuner chooses settings on gold documents, one after the other: of each, every value is tried with the others as they
// stand, and a value replaces the one in use when it is likely better. Two thirds of the documents, drawn by the seed,
// are for choosing; the others, which no choice has seen, tell what it all gained.
type Tuner struct {
	Runner
	Config config.Config
	Gold   []corpora.Document
	Budget int // most calls of the model; 0: no bound
	Seed   uint64
}

// Tuned is what a Tuner found.
type Tuned struct {
	Tries   []Try           `json:"tries"`   // in order
	Changes []config.Change `json:"changes"` // of the settings in use, in order of keys
	Choice  int             `json:"choice_documents"`
	Check   int             `json:"check_documents"`
	Before  *Evaluation     `json:"before"` // on the documents for checking
	After   *Evaluation     `json:"after"`
	Gain    *Against        `json:"gain"` // in strict micro F1, on the documents for checking
	Calls   int             `json:"calls"`
}

// Try is one value that was tried. Every first one of a step is the value in use.
type Try struct {
	Step   string  `json:"step"`
	Value  string  `json:"value"`
	F1     float64 `json:"f1"`
	Better float64 `json:"p_better"` // share of bootstrap resamples in which it is better than the best before it
	Taken  bool    `json:"taken"`
}

// step is a choice: each candidate sets some settings together.
type step struct {
	name       string
	candidates [][]config.Change
	free       bool // no candidate needs a new call of the model
}

// surely is the share of resamples in which a value must be better than the one in use. It is far from a proof, but
// of two values that differ by nothing but chance the one in use stays in six cases of seven.
const surely = 0.85

// Run chooses and checks. The error of a model server ends it.
func (t *Tuner) Run(ctx context.Context) (Tuned, error) {
	var out Tuned
	choice, check, err := t.divide()
	if err != nil {
		return out, err
	}
	steps := t.steps()
	out.Check = len(check)
	if choice, err = t.afford(choice, check, steps); err != nil {
		return out, err
	}
	out.Choice = len(choice)
	best := t.Config
	for _, s := range steps {
		if best, err = t.take(ctx, s, best, choice, &out); err != nil {
			return out, err
		}
	}
	out.Changes = changes(t.Config, best)
	return out, t.check(ctx, best, check, &out)
}

// divide draws the documents for choosing and for checking.
func (t *Tuner) divide() (choice, check []corpora.Document, err error) {
	const least = 6
	if len(t.Gold) < least {
		return nil, nil, fmt.Errorf("tuning wants %d gold documents or more, but got %d", least, len(t.Gold))
	}
	x, err := index.Open(t.Config.Index, index.OpenOptions{})
	if err != nil {
		return nil, nil, err
	}
	defer release(x)
	t.Config = t.Config.Settled(x.Manifest().Learned != nil)
	t.exclude = Twins(x, t.Gold)
	for i, at := range rand.New(rand.NewPCG(t.Seed, uint64(len(t.Gold)))).Perm(len(t.Gold)) {
		if i%3 == 2 {
			check = append(check, t.Gold[at])
		} else {
			choice = append(choice, t.Gold[at])
		}
	}
	return choice, check, nil
}

// afford shortens the documents for choosing so that all calls are within the budget, those for checking included.
func (t *Tuner) afford(choice, check []corpora.Document, steps []step) ([]corpora.Document, error) {
	if t.Budget == 0 || !t.Config.UsesModel() {
		return choice, nil
	}
	rows := 1 + t.others(steps)
	left := t.Budget - 2*sentences(check)
	n := 0
	for n < len(choice) && rows*sentences(choice[:n+1]) <= left {
		n++
	}
	const least = 4
	if n < least {
		return nil, fmt.Errorf("a budget of %d calls is too small for %d sentences to choose on %d times and %d to check on twice; give fewer documents, or a budget of %d or more",
			t.Budget, sentences(choice[:least]), rows, sentences(check), rows*sentences(choice[:least])+2*sentences(check))
	}
	if n < len(choice) {
		t.notice(fmt.Sprintf("the budget of %d calls is enough for %d of %d documents to choose on", t.Budget, n, len(choice)))
	}
	return choice[:n], nil
}

// others are how many candidates need calls of their own besides the settings in use.
func (t *Tuner) others(steps []step) (n int) {
	for _, s := range steps {
		for _, candidate := range s.candidates {
			c := t.Config
			if err := apply(&c, candidate); !s.free && err == nil && !same(c, t.Config) {
				n++
			}
		}
	}
	return n
}

func sentences(docs []corpora.Document) (n int) {
	for _, d := range docs {
		n += len(corpora.Segment(d))
	}
	return n
}

// take tries a step's candidates and gives the settings with the best.
func (t *Tuner) take(ctx context.Context, s step, best config.Config, docs []corpora.Document, out *Tuned) (config.Config, error) {
	base := best
	x, err := t.measure(ctx, s.name+" "+shown(base, s.candidates[0]), base, docs, out)
	if err != nil {
		return best, err
	}
	at := len(out.Tries)
	taken := at
	out.Tries = append(out.Tries, Try{Step: s.name, Value: shown(base, s.candidates[0]), F1: f1(x)})
	for _, candidate := range s.candidates {
		c := base
		if err := apply(&c, candidate); err != nil || c.Validate() != nil || same(c, base) {
			continue
		}
		y, err := t.measure(ctx, s.name+" "+shown(c, candidate), c, docs, out)
		if err != nil {
			return best, err
		}
		try := Try{Step: s.name, Value: shown(c, candidate), F1: f1(y), Better: better(x.Counts, y.Counts)}
		if try.Better >= surely {
			best, x, taken = c, y, len(out.Tries)
		}
		out.Tries = append(out.Tries, try)
	}
	out.Tries[taken].Taken = true
	return best, nil
}

func f1(x *Evaluation) float64 { return x.Criteria.Strict.Micro.F1 }

// better is the share of bootstrap resamples over documents in which b has the higher strict F1.
func better(a, b []score.DocCounts) float64 {
	x := against(a, b)
	switch {
	case x == nil || x.Delta == 0:
		return 0.5
	case x.Delta > 0:
		return 1 - x.P/2
	}
	return x.P / 2
}

// measure scores the settings on the documents.
func (t *Tuner) measure(ctx context.Context, what string, c config.Config, docs []corpora.Document, out *Tuned) (*Evaluation, error) {
	e, err := t.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer release(e)
	outcomes, err := t.tagAll(ctx, e, c, tagArgs{name: what, docs: docs})
	if err != nil {
		return nil, err
	}
	x := t.score(ctx, e, pair(docs, outcomes), outcomes)
	out.Calls += x.Calls
	return x, nil
}

// check measures both settings on documents that no choice has seen.
func (t *Tuner) check(ctx context.Context, best config.Config, docs []corpora.Document, out *Tuned) (err error) {
	if out.Before, err = t.measure(ctx, "check before", t.Config, docs, out); err != nil {
		return err
	}
	if out.After, err = t.measure(ctx, "check after", best, docs, out); err != nil {
		return err
	}
	out.Gain = against(out.Before.Counts, out.After.Counts)
	return nil
}

// changes are the settings in which b differs from a.
func changes(a, b config.Config) (list []config.Change) {
	for _, s := range config.Settings() {
		if x, y := a.Value(s.Key), b.Value(s.Key); !equal(x, y) {
			list = append(list, config.Change{Key: s.Key, Value: y})
		}
	}
	return list
}

func same(a, b config.Config) bool { return len(changes(a, b)) == 0 }

// equal compares values of settings; the only ones that are no plain values never change here.
func equal(x, y any) bool { return fmt.Sprint(x) == fmt.Sprint(y) }

func apply(c *config.Config, candidate []config.Change) error {
	for _, change := range candidate {
		if err := c.Put(change); err != nil {
			return err
		}
	}
	return nil
}

// shown is the values that a candidate's settings have in c: "k 5", "json, turns true".
func shown(c config.Config, candidate []config.Change) string {
	text := ""
	for i, change := range candidate {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %v", config.Flag(change.Key), c.Value(change.Key))
	}
	return text
}
