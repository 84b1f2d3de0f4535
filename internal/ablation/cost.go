package ablation

import (
	"context"
	"fmt"

	"github.com/ragner/ragner/internal/tag"
)

// Cost is what a row would cost, by the prompts that it would send. Answers that the cache has are not left out.
type Cost struct {
	Row          string
	Tagger       string
	Calls        int
	New          int // of these, such as no row before sends too
	PromptTokens int // of the new ones, estimated
	OutputTokens int // of the new ones, at most
}

// Costs renders the prompts of every row and calls no model. Rows with an index of their own are rendered from the whole one.
func (j *Job) Costs(ctx context.Context) ([]Cost, error) {
	if err := j.look(); err != nil {
		return nil, err
	}
	var list []Cost
	sent := map[string]bool{}
	for _, row := range j.Plan.Rows {
		c := Cost{Row: row.Name, Tagger: row.Config.TaggerName()}
		if row.usesModel() && !j.Plan.RetrievalOnly {
			if err := j.cost(ctx, row, &c, sent); err != nil {
				return nil, fmt.Errorf("row %s: %w", row.Name, err)
			}
		}
		list = append(list, c)
	}
	return list, nil
}

func (j *Job) cost(ctx context.Context, row PlanRow, c *Cost, sent map[string]bool) error {
	config := row.Config
	config.Model.Cache = "" // nothing is asked, so nothing need be opened
	e, err := j.Open(ctx, config)
	if err != nil {
		return err
	}
	defer release(e)
	for i, doc := range j.Gold {
		shown, err := e.Shown(ctx, doc, j.exclude[doc.ID]...)
		if err != nil {
			return err
		}
		c.add(fmt.Sprintf("%q %d %q %q", config.Model.Name, row.Pool, picking(row), row.Embedder), shown, sent)
		j.progress(row.Name, i+1, len(j.Gold))
	}
	return nil
}

// add counts prompts. asker is the model with what is particular to the row's index: of another one the same sentence's prompt
// would be another.
func (c *Cost) add(asker string, shown []tag.Shown, sent map[string]bool) {
	for _, s := range shown {
		if c.Calls += s.Calls; s.Calls == 0 {
			continue // the model is not asked
		}
		key := digest(fmt.Sprintf("%s %q", asker, s.Prompt.Messages))
		if sent[key] {
			continue
		}
		sent[key] = true
		c.New += s.Calls
		c.PromptTokens += s.Calls * s.Prompt.Tokens
		c.OutputTokens += s.Calls * s.Prompt.MaxTokens
	}
}
