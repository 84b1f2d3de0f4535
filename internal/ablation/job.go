package ablation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/embed"
	"github.com/ragner/ragner/internal/score"
	"github.com/ragner/ragner/internal/tag"
)

// Job runs a plan. Everything that it keeps lies below Dir: rows/ has what each row found, by document, indexes/ the
// smaller indexes.
type Job struct {
	Plan    Plan
	Gold    []corpora.Document
	About   GoldInfo // sources and Of; Job fills in the rest
	Dir     string
	Version string
	Command string
	Seed    int
	Fresh   bool // begin every row anew

	Runner
	Embedder func(ctx context.Context, name string, c config.Config) (embed.Embedder, error)
	// Learn is what the index of a row whose tagger is learned learns it with.
	Learn func(c config.Config) index.Learn
	// Save gets the results after each row; may be nil.
	Save func(Results) error

	results Results
}

// Run runs all rows in order. When ctx ends, or an error is fatal, the results so far come with the error.
func (j *Job) Run(ctx context.Context) (Results, error) {
	lock, err := j.lock()
	if err != nil {
		return Results{}, err
	}
	defer func() { _ = lock.Close() }() // nothing was written by it
	if err := j.look(); err != nil {
		return Results{}, err
	}
	for i := range j.Plan.Rows {
		err := j.runRow(ctx, i)
		if err == nil {
			err = ctx.Err()
		}
		j.conclude(err != nil || i+1 < len(j.Plan.Rows))
		err = errors.Join(err, j.save())
		if err != nil {
			return j.results, err
		}
	}
	return j.results, nil
}

// lock makes the folder and keeps a second run out of it, which would overwrite journals and report.
func (j *Job) lock() (*flock.Flock, error) {
	rows := filepath.Join(j.Dir, "rows")
	if err := os.MkdirAll(rows, 0o755); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(rows, "lock"))
	if ok, err := lock.TryLock(); err == nil && !ok { // an error: the file system has no locks
		return nil, errors.Join(fmt.Errorf("another run is writing %s", j.Dir), lock.Close())
	}
	return lock, nil
}

// look inspects index and gold, and lists the rows, before anything is run.
func (j *Job) look() error {
	j.results = Results{
		Name: j.Plan.Name, Version: j.Version, Command: j.Command, Seed: j.Seed, Retrieval: j.Plan.RetrievalOnly,
		Reference: j.Plan.Reference, Test: testName(j.Plan.RetrievalOnly), Interrupted: true,
	}
	for _, r := range j.Plan.Rows {
		j.results.Rows = append(j.results.Rows, Row{Name: r.Name, Settings: j.Plan.Settings(r), State: Pending})
	}
	x, err := index.Open(j.Plan.Rows[0].Config.Index, index.OpenOptions{})
	if err != nil {
		return err
	}
	defer release(x)
	for i, r := range j.Plan.Rows {
		j.Plan.Rows[i].Config = r.Config.Settled(x.Manifest().Learned != nil)
	}
	j.dropOversized(x)
	j.results.Index = describeIndex(x, j.Plan.Rows[0].Config.Index)
	j.results.Gold, j.exclude = inspectGold(x, j.Gold, j.About)
	return nil
}

// dropOversized leaves out rows whose pool is not smaller than the index, which would repeat the whole one.
func (j *Job) dropOversized(x *index.Index) {
	var plan []PlanRow
	var rows []Row
	for i, r := range j.Plan.Rows {
		if n := x.Sentences().Len(); r.Pool >= n && r.Name != j.Plan.Reference {
			j.notice(fmt.Sprintf("row %s is left out: the index has %d annotated sentences", r.Name, n))
			continue
		}
		plan, rows = append(plan, r), append(rows, j.results.Rows[i])
	}
	j.Plan.Rows, j.results.Rows = plan, rows
}

// runRow runs one row. Only an error that ends the run is returned; others are the row's.
func (j *Job) runRow(ctx context.Context, i int) error {
	plan, row := j.Plan.Rows[i], &j.results.Rows[i]
	c, err := j.indexFor(ctx, plan)
	if err != nil {
		return j.failRow(ctx, row, err)
	}
	e, err := j.Open(ctx, c)
	if err != nil {
		return j.failRow(ctx, row, err)
	}
	defer release(e)
	row.Pool, row.Tagger = e.Index().Sentences().Len(), c.TaggerName()
	j.lookAtLearned(e, plan, c, row)
	if j.Plan.RetrievalOnly {
		row.Tagger = ""
		return j.failRow(ctx, row, j.retrieve(ctx, e, row))
	}
	if row.Model, err = e.ModelIdentity(ctx); err != nil {
		return j.failRow(ctx, row, err)
	}
	return j.failRow(ctx, row, j.tagRow(ctx, e, c, row))
}

// lookAtLearned says of a row whose tagger is learned where there is none, or where it was learned from gold.
func (j *Job) lookAtLearned(e Engine, plan PlanRow, c config.Config, row *Row) {
	switch {
	case !c.UsesLearned():
	case e.Index().Manifest().Learned == nil:
		instead := "neighbours"
		if c.UsesModel() {
			instead = "llm"
		}
		row.Tagger = instead
		j.notice(fmt.Sprintf("row %s: its index is too small to learn a tagger from, %s stands in", row.Name, instead))
	case j.results.Gold.InIndex > 0 && (plan.Pool == 0 || j.standsIn(e.Index())):
		j.notice(fmt.Sprintf("row %s: its tagger was learned from gold documents that stand in the index, its figures are too good", row.Name))
	}
}

// standsIn reports whether gold stands in an index, which may be a small part of the one that was looked at.
func (j *Job) standsIn(x *index.Index) bool {
	about, _ := inspectGold(x, j.Gold, GoldInfo{})
	return about.InIndex > 0
}

// failRow notes why a row failed; what no other row can mend ends the run.
func (j *Job) failRow(ctx context.Context, row *Row, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if j.Fatal != nil && j.Fatal(err) || errors.Is(err, index.ErrCorrupt) || errors.Is(err, index.ErrMismatch) {
		return fmt.Errorf("row %s: %w", row.Name, err)
	}
	row.State, row.Error = Failed, err.Error()
	j.notice(fmt.Sprintf("row %s failed: %v", row.Name, err))
	return nil
}

// retrieve measures a row's evidence alone.
func (j *Job) retrieve(ctx context.Context, e Engine, row *Row) error {
	counts, evidence, err := j.evidence(ctx, e, row.Name, j.Gold)
	if err != nil {
		return err
	}
	row.Evidence, row.Counts, row.State = evidence, counts, Done
	return nil
}

// evidence measures the demonstrations of gold documents. The counts are the token vote's.
func (j *Job) evidence(ctx context.Context, e Engine, name string, gold []corpora.Document) ([]score.DocCounts, *Evidence, error) {
	var all []evidenceOf
	if j.Plan.RetrievalOnly { // a row that tags has prepared them
		if err := j.prepare(ctx, e, gold); err != nil {
			return nil, nil, err
		}
	}
	counts := make([]score.DocCounts, len(gold))
	for i, doc := range gold {
		x, err := weighEvidence(ctx, e, doc, j.exclude[doc.ID])
		if err != nil {
			return nil, nil, err
		}
		all = append(all, x)
		counts[i] = score.DocCounts{ID: doc.ID}
		counts[i].Tally[score.Strict] = x.vote
		if j.Plan.RetrievalOnly {
			j.progress(name, i+1, len(gold))
		}
	}
	return counts, summarise(all), nil
}

// prepare shows the engine all documents, as tagging them would.
func (j *Job) prepare(ctx context.Context, e Engine, gold []corpora.Document) error {
	e.KeepPlans()
	return tag.PrepareAll(ctx, each(gold), func(ctx context.Context, docs []corpora.Document) error {
		return e.Prepare(ctx, docs, j.exclude)
	})
}

// conclude brings the comparisons up to date.
func (j *Job) conclude(interrupted bool) {
	j.results.Interrupted = interrupted
	j.results.Created = time.Now().UTC().Truncate(time.Second)
	compare(&j.results)
}

func (j *Job) save() error {
	if j.Save == nil {
		return nil
	}
	return j.Save(j.results)
}
