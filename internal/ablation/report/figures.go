package report

import (
	"slices"

	"github.com/ragner/ragner/internal/ablation"
)

func qualitySheet(rows []row) sheet {
	return rowSheet("Quality", "F1 is micro F1; strict: same fragments and same label. Differences are to the reference; p is corrected by Holm's method, "+
		"and called significant below .05. Seen: mentions whose surface stands annotated in the index. ECE: expected calibration error of the scores.", rows,
		digits("strict F1", evaluated(func(e *ablation.Evaluation) string { return share(e.Criteria.Strict.Micro.F1) })),
		digits("95 % interval", evaluated(func(e *ablation.Evaluation) string {
			return interval(e.Criteria.Strict.Micro.F1Low, e.Criteria.Strict.Micro.F1High)
		})),
		digits("precision", evaluated(func(e *ablation.Evaluation) string { return share(e.Criteria.Strict.Micro.Precision) })),
		digits("recall", evaluated(func(e *ablation.Evaluation) string { return share(e.Criteria.Strict.Micro.Recall) })),
		digits("exact F1", evaluated(func(e *ablation.Evaluation) string { return share(e.Criteria.Exact.Micro.F1) })),
		digits("overlap F1", evaluated(func(e *ablation.Evaluation) string { return share(e.Criteria.Overlap.Micro.F1) })),
		digits("difference", func(r row) string { return orNothing(r.Evaluation, change(r.Against)) }),
		digits("p", func(r row) string { return orNothing(r.Evaluation, chance(r.Against)) }),
		digits("seen F1", evaluated(func(e *ablation.Evaluation) string { return part(e.Seen, share) })),
		digits("unseen F1", evaluated(func(e *ablation.Evaluation) string { return part(e.Unseen, share) })),
		digits("ECE", evaluated(func(e *ablation.Evaluation) string { return calibrationError(e, share) })),
		digits("concept right first", evaluated(func(e *ablation.Evaluation) string { return linked(e, share, firstRight) })),
		digits("among five", evaluated(func(e *ablation.Evaluation) string { return linked(e, share, amongFive) })),
		digits("F1 with concept", evaluated(func(e *ablation.Evaluation) string { return linked(e, share, conceptF1) })))
}

// costSheet leaves out what only a model has where no row asked one.
func costSheet(rows []row) sheet {
	note := "Seconds are a sentence."
	columns := []column{
		digits("seconds", rate(row.seconds)),
		digits("sentences", counted(func(e *ablation.Evaluation) int { return e.Sentences })),
		digits("failed documents", counted(func(e *ablation.Evaluation) int { return e.Failed })),
	}
	if called(rows) {
		note = "Tokens and seconds are a sentence; for answers from the cache, what they took when they were made. Kept: tokens of the " +
			"prompt that the server had read before, for Ollama estimated. Asked again: sentences to which an answer to several had nothing readable. Unaligned: answers not found in " +
			"their sentence; leaks: such as were copied from a demonstration; dropped: demonstrations that did not fit."
		columns = slices.Concat(tokenColumns(), columns, modelColumns())
	}
	return rowSheet("Cost and faults", note, rows, columns...)
}

func tokenColumns() []column {
	return []column{
		digits("tokens", rate(row.tokens)),
		digits("prompt", rate(func(r row) (float64, bool) {
			return perSentence(r, func(e *ablation.Evaluation) int { return e.PromptTokens })
		})),
		digits("kept", rate(func(r row) (float64, bool) {
			return perSentence(r, func(e *ablation.Evaluation) int { return e.CachedTokens })
		})),
		digits("answer", rate(func(r row) (float64, bool) {
			return perSentence(r, func(e *ablation.Evaluation) int { return e.OutputTokens })
		})),
	}
}

func modelColumns() []column {
	return []column{
		digits("calls", counted(func(e *ablation.Evaluation) int { return e.Calls })),
		digits("cache hits", counted(func(e *ablation.Evaluation) int { return e.CacheHits })),
		digits("asked again", counted(func(e *ablation.Evaluation) int { return e.AskedAgain })),
		digits("unaligned", counted(func(e *ablation.Evaluation) int { return e.Unaligned })),
		digits("leaks", counted(func(e *ablation.Evaluation) int { return e.Leaks })),
		digits("dropped", counted(func(e *ablation.Evaluation) int { return e.Dropped })),
	}
}

func retrievalSheet(rows []row) sheet {
	columns := make([]column, 0, len(shares)+4)
	for _, f := range shares {
		columns = append(columns, digits(f.name, retrieved(func(e *ablation.Evidence) string { return withInterval(f.of(e)) })))
	}
	return rowSheet("Retrieval", "Figures of the retrieved sentences, without a model. Coverage: gold mentions whose surface stands annotated in them; agreement: "+
		"of those, such as have the gold label there most often; token vote: micro F1 of labelling each token as theirs are; term hits: gold mentions that a term "+
		"covers exactly. In brackets 95 % intervals; ms: median of retrieving for a sentence.", rows, append(columns,
		digits("difference", func(r row) string { return orNothing(onlyRetrieved(r), change(r.Against)) }),
		digits("p", func(r row) string { return orNothing(onlyRetrieved(r), chance(r.Against)) }),
		digits("ms a sentence", retrieved(func(e *ablation.Evidence) string { return amount(e.Seconds * 1000) })),
		digits("sentences", retrieved(func(e *ablation.Evidence) string { return count(e.Sentences) })))...)
}

func errorSheet(rows []row) sheet {
	return rowSheet("Errors", "Boundary: right label, wrong ends; label: right ends, wrong label; both: overlap alone; missed: nothing predicted there; spurious: "+
		"nothing annotated there.", rows,
		digits("boundary", counted(func(e *ablation.Evaluation) int { return e.Errors.Boundary })),
		digits("label", counted(func(e *ablation.Evaluation) int { return e.Errors.Label })),
		digits("both", counted(func(e *ablation.Evaluation) int { return e.Errors.Both })),
		digits("missed", counted(func(e *ablation.Evaluation) int { return e.Errors.Missed })),
		digits("spurious", counted(func(e *ablation.Evaluation) int { return e.Errors.Spurious })))
}

func evaluated(of func(*ablation.Evaluation) string) func(row) string {
	return func(r row) string { return orEmpty(r.Evaluation, of) }
}

func retrieved(of func(*ablation.Evidence) string) func(row) string {
	return func(r row) string { return orEmpty(r.Evidence, of) }
}

func counted(of func(*ablation.Evaluation) int) func(row) string {
	return evaluated(func(e *ablation.Evaluation) string { return count(of(e)) })
}

func rate(of func(row) (float64, bool)) func(row) string {
	return func(r row) string {
		if x, ok := of(r); ok {
			return amount(x)
		}
		return ""
	}
}

func perSentence(r row, of func(*ablation.Evaluation) int) (float64, bool) {
	if r.Evaluation == nil || r.Evaluation.Sentences == 0 {
		return 0, false
	}
	return float64(of(r.Evaluation)) / float64(r.Evaluation.Sentences), true
}

// onlyRetrieved is the row's evidence where that is what was tested.
func onlyRetrieved(r row) *ablation.Evidence {
	if r.Evaluation != nil {
		return nil
	}
	return r.Evidence
}

// orNothing is the text where there is an x.
func orNothing[T any](x *T, text string) string {
	if x == nil {
		return ""
	}
	return text
}
