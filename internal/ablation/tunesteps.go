package ablation

import "github.com/ragner/ragner/internal/config"

// steps are the choices for the tagger in use, in their order: what changes most comes first, what costs nothing last.
func (t *Tuner) steps() []step {
	weights := one("retrieval.weight", 0.0, 0.3, 0.5, 0.7, 1.0)
	if t.Config.TaggerName() == "llm" {
		steps := []step{
			{name: "answer format", candidates: together(
				[]string{"prompt.format", "prompt.turns"},
				[][]any{{"json", true}, {"json", false}, {"lines", true}, {"lines", false}, {"inline", true}, {"inline", false}},
			)},
			{name: "demonstrations", candidates: one("retrieval.k", 1, 3, 5, 8)},
		}
		if t.Config.Retrieval.Mode == "hybrid" {
			steps = append(steps, step{name: "weight of vectors", candidates: weights})
		}
		return append(steps,
			step{name: "trust in the model", free: true, candidates: one("model.trust", 0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)},
			step{name: "threshold", free: true, candidates: one("threshold", 0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)},
		)
	}
	if t.Config.TaggerName() == "cascade" {
		return []step{
			{name: "what is asked", candidates: one("cascade.ask", "entities", "questions")},
			{name: "threshold", free: true, candidates: one("threshold", 0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)},
		}
	}
	if t.Config.TaggerName() == "learned" { // which has settings of retrieval of its own
		return []step{{name: "threshold", candidates: one("threshold", 0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)}}
	}
	steps := []step{{name: "demonstrations", candidates: one("retrieval.k", 1, 3, 5, 8, 12, 20)}}
	if t.Config.Retrieval.Mode == "hybrid" {
		steps = append(steps, step{name: "weight of vectors", candidates: weights})
	}
	return append(steps,
		step{name: "other spellings", candidates: one("retrieval.fuzzy", true, false)},
		step{name: "least prior", candidates: one("retrieval.min_prior", 0.05, 0.1, 0.2, 0.3)},
		step{name: "threshold", candidates: one("threshold", 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)},
	)
}

// one lets a single setting take each value.
func one(key string, values ...any) (list [][]config.Change) {
	for _, v := range values {
		list = append(list, []config.Change{{Key: key, Value: v}})
	}
	return list
}

// together lets several settings take values together.
func together(keys []string, rows [][]any) (list [][]config.Change) {
	for _, row := range rows {
		var candidate []config.Change
		for i, v := range row {
			candidate = append(candidate, config.Change{Key: keys[i], Value: v})
		}
		list = append(list, candidate)
	}
	return list
}
