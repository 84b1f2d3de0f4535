package ablation

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/ragner/ragner/internal/config"
)

// tagRow tags all gold documents, or those that the row's journal does not have yet, and scores what came.
func (j *Job) tagRow(ctx context.Context, e Engine, c config.Config, row *Row) (err error) {
	log, err := openJournal(filepath.Join(j.Dir, "rows", fileName(row.Name)+".jsonl"), fingerprint(j.Version, e, c, row.Model), j.Fresh)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.close()) }()
	outcomes, stopped := j.tagAll(ctx, e, c, tagArgs{row.Name, j.Gold, log})
	if len(outcomes) > 0 {
		row.State = Done
		if len(outcomes) < len(j.Gold) {
			row.State = Partial
		}
		j.evaluate(ctx, e, row, outcomes)
	}
	return stopped
}

// fingerprint is a digest of all that a row's outcomes depend on.
func fingerprint(version string, e Engine, c config.Config, model string) string {
	text, err := json.Marshal([]any{version, e.Index().Digest(), c.Decisive(), model})
	if err != nil {
		panic(err) // numbers and words only
	}
	return digest(string(text))
}

// evaluate scores the outcomes, weighs the evidence and picks error cases.
func (j *Job) evaluate(ctx context.Context, e Engine, row *Row, outcomes []outcome) {
	pairs := pair(j.Gold, outcomes)
	evaluation := j.score(context.WithoutCancel(ctx), e, pairs, outcomes)
	evaluation.Tagger = row.Tagger
	row.Evaluation, row.Counts = evaluation, evaluation.Counts
	ctx = context.WithoutCancel(ctx) // a partial row is worth its report
	if counts, evidence, err := j.evidence(ctx, e, row.Name, j.Gold[:len(outcomes)]); err == nil && len(counts) > 0 {
		row.Evidence = evidence
	}
	row.Cases = j.cases(ctx, e, pairs)
}
