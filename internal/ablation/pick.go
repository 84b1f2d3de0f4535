package ablation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/ragner/ragner/corpora"
	"github.com/ragner/ragner/index"
	"github.com/ragner/ragner/internal/config"
	"github.com/ragner/ragner/internal/suggest"
)

// pickKey says how the sentences of a smaller pool are drawn: "" takes whole documents at random, "random" single
// sentences, "suggest" begins with those (suggest.start) and goes on as package suggest chooses, round by round: each learns
// from what there is and adds half of that. Each pool is part of the next.
const pickKey = "pick"

// The values of pickKey.
var pickValues = []string{"", "random", "suggest"}

// pick reads the value of pickKey.
func (g *Grid) pick(node *yaml.Node) (string, error) {
	if node.Kind != yaml.ScalarNode || !slices.Contains(pickValues, node.Value) {
		return "", g.problem(node, "pick must be random or suggest")
	}
	return node.Value, nil
}

// picking is what the sentences of a row's pool depend on besides index, size and seed.
func picking(plan PlanRow) string {
	switch plan.Pick {
	case "suggest":
		return fmt.Sprintf("suggest %+v %+v", plan.Config.Suggest, plan.Config.Learn)
	default:
		return plan.Pick
	}
}

// picked are the single sentences of a row's pool, each a document, in the order in which they were picked.
func (j *Job) picked(ctx context.Context, x *index.Index, plan PlanRow) (iter.Seq[corpora.Document], error) {
	c := plan.Config
	rows := rand.New(rand.NewPCG(uint64(c.Retrieval.Seed), uint64(x.Sentences().Len()))).Perm(x.Sentences().Len())
	if start := c.Suggest.Start; plan.Pick == "suggest" && plan.Pool > start {
		var err error
		if rows, err = j.suggested(ctx, x, plan, rows[:min(start, len(rows))]); err != nil {
			return nil, err
		}
	}
	rows = rows[:min(plan.Pool, len(rows))]
	j.notice(fmt.Sprintf("row %s: %s", plan.Name, effort(x, rows)))
	return rowDocuments(x, rows), nil
}

// effort is what annotating rows takes: sentences that are suggested are longer than others, and have more mentions.
func effort(x *index.Index, rows []int) string {
	words, mentions := 0, 0
	for _, row := range rows {
		words += x.SentenceLength(row)
		mentions += len(x.Sentence(row).Entities)
	}
	return fmt.Sprintf("%d sentences of %d words with %d mentions", len(rows), words, mentions)
}

// rowDocuments has a document of its own for each row.
func rowDocuments(x *index.Index, rows []int) iter.Seq[corpora.Document] {
	return func(yield func(corpora.Document) bool) {
		for _, row := range rows {
			if !yield(rowDocument(x, row)) {
				return
			}
		}
	}
}

func rowDocument(x *index.Index, row int) corpora.Document {
	r := x.Sentence(row)
	s := r.Sentence
	s.DocID, s.Index, s.Offset = r.Docs[0], 0, 0
	return corpora.Document{ID: s.DocID, Text: s.Text, Sentences: []corpora.Sentence{s}, Entities: r.Entities}
}

// suggested goes on from rows drawn at random, round by round, until the row's pool is full. What was suggested is kept,
// so that a greater pool goes on from it.
func (j *Job) suggested(ctx context.Context, x *index.Index, plan PlanRow, rows []int) ([]int, error) {
	path := filepath.Join(j.Dir, "indexes", fmt.Sprintf("picks-seed-%d-%s.json", plan.Config.Retrieval.Seed, digest(j.Version + x.Digest() + picking(plan))[:12]))
	if text, err := os.ReadFile(path); err == nil {
		var before []int
		if json.Unmarshal(text, &before) == nil && len(before) > len(rows) {
			rows = before
		}
	}
	for len(rows) < min(plan.Pool, x.Sentences().Len()) {
		n := len(rows)
		next, err := j.round(ctx, x, plan, rows)
		if err != nil {
			return nil, err
		}
		if rows = append(slices.Clip(rows), next...); len(rows) == n {
			break
		}
		text, err := json.Marshal(rows)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// round builds the index of the rows so far, learns from it, and asks which of the others to annotate next.
func (j *Job) round(ctx context.Context, x *index.Index, plan PlanRow, rows []int) (next []int, err error) {
	j.notice(fmt.Sprintf("row %s: suggesting from %d annotated sentences", plan.Name, len(rows)))
	c := plan.Config
	c.Index = filepath.Join(j.Dir, "indexes", fmt.Sprintf("round-%d", os.Getpid()))
	defer func() { err = errors.Join(err, os.RemoveAll(c.Index)) }()
	if err := j.build(ctx, x, c, buildArgs{documents: rowDocuments(x, rows)}); err != nil {
		return nil, err
	}
	part, err := index.Open(c.Index, index.OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer release(part)
	s := SuggestSettings(c)
	s.N = max(len(rows)/2, 1)
	report, err := suggest.Run(ctx, part, readable(rowDocuments(x, others(x, rows))), s)
	if err != nil && !errors.Is(err, suggest.ErrNothing) {
		return nil, err
	}
	places := map[string]int{}
	for row := range x.Sentences().Len() {
		places[x.Sentence(row).Docs[0]] = row
	}
	for _, p := range report.Picks {
		next = append(next, places[p.DocID])
	}
	return next, nil
}

// others are the rows that are not among these, ascending.
func others(x *index.Index, rows []int) []int {
	taken := make([]bool, x.Sentences().Len())
	for _, row := range rows {
		taken[row] = true
	}
	var list []int
	for row, t := range taken {
		if !t {
			list = append(list, row)
		}
	}
	return list
}

// SuggestSettings are those of package suggest that the configuration states.
func SuggestSettings(c config.Config) suggest.Settings {
	s, from := suggest.Defaults(), c.Suggest
	s.Measure, s.Length, s.Density, s.Again, s.Candidates = from.Measure, from.Length, from.Density, from.Again, from.Candidates
	return s
}
