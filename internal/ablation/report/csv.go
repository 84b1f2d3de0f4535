package report

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"github.com/ragner/ragner/internal/ablation"
	"github.com/ragner/ragner/internal/score"
)

// field is a column of results.csv.
type field struct {
	name string
	of   func(ablation.Row) string // "" where it does not apply
}

// asCSV is a line a row: the columns of fields in their order, then each setting as "settings.KEY", by key.
func asCSV(r ablation.Results) ([]byte, error) {
	columns := fields()
	for _, key := range settingKeys(r.Rows) {
		columns = append(columns, field{"settings." + key, func(r ablation.Row) string { return setting(r.Settings[key]) }})
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	_ = w.Write(line) // into memory; Error tells below
	for _, row := range r.Rows {
		for i, c := range columns {
			line[i] = c.of(row)
		}
		_ = w.Write(line)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// fields are, in order: what the row is; strict precision and recall; F1 by criterion, strict with its interval; seen
// and unseen mentions; the difference to the reference; errors; cost; faults; what was retrieved.
func fields() []field {
	columns := []field{
		{"name", func(r ablation.Row) string { return r.Name }},
		{"state", func(r ablation.Row) string { return string(r.State) }},
		{"error", func(r ablation.Row) string { return r.Error }},
		{"tagger", func(r ablation.Row) string { return r.Tagger }},
		{"model", func(r ablation.Row) string { return r.Model }},
		{"pool", func(r ablation.Row) string { return strconv.Itoa(r.Pool) }},
	}
	columns = append(columns, scoreFields()...)
	columns = append(columns, againstFields()...)
	columns = append(columns, costFields()...)
	return append(columns, evidenceFields()...)
}

func scoreFields() []field {
	columns := []field{
		ofEvaluation("documents", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Documents) }),
		ofEvaluation("precision", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Micro.Precision) }),
		ofEvaluation("recall", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Micro.Recall) }),
		ofEvaluation("strict_f1", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Micro.F1) }),
		ofEvaluation("strict_f1_low", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Micro.F1Low) }),
		ofEvaluation("strict_f1_high", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Micro.F1High) }),
	}
	for _, c := range score.AllCriteria()[1:] {
		columns = append(columns, ofEvaluation(c.String()+"_f1", func(e *ablation.Evaluation) string { return decimal(e.Criteria.By(c).Micro.F1) }))
	}
	return append(columns,
		ofEvaluation("macro_f1", func(e *ablation.Evaluation) string { return decimal(e.Criteria.Strict.Macro.F1) }),
		ofEvaluation("seen_f1", func(e *ablation.Evaluation) string { return part(e.Seen, decimal) }),
		ofEvaluation("unseen_f1", func(e *ablation.Evaluation) string { return part(e.Unseen, decimal) }),
		ofEvaluation("ece", func(e *ablation.Evaluation) string { return calibrationError(e, decimal) }),
		ofEvaluation("brier", brier),
		ofEvaluation("concept_at1", func(e *ablation.Evaluation) string { return linked(e, decimal, firstRight) }),
		ofEvaluation("concept_at5", func(e *ablation.Evaluation) string { return linked(e, decimal, amongFive) }),
		ofEvaluation("concept_f1", func(e *ablation.Evaluation) string { return linked(e, decimal, conceptF1) }),
		ofEvaluation("errors_boundary", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Errors.Boundary) }),
		ofEvaluation("errors_label", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Errors.Label) }),
		ofEvaluation("errors_both", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Errors.Both) }),
		ofEvaluation("errors_missed", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Errors.Missed) }),
		ofEvaluation("errors_spurious", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Errors.Spurious) }))
}

func againstFields() []field {
	return []field{
		ofAgainst("delta", func(a *ablation.Against) string { return decimal(a.Delta) }),
		ofAgainst("delta_low", func(a *ablation.Against) string { return decimal(a.Low) }),
		ofAgainst("delta_high", func(a *ablation.Against) string { return decimal(a.High) }),
		ofAgainst("p", func(a *ablation.Against) string { return decimal(a.P) }),
		ofAgainst("p_holm", func(a *ablation.Against) string { return decimal(a.PHolm) }),
		ofAgainst("delta_documents", func(a *ablation.Against) string { return strconv.Itoa(a.Documents) }),
	}
}

func costFields() []field {
	return []field{
		ofEvaluation("sentences", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Sentences) }),
		ofEvaluation("seconds", func(e *ablation.Evaluation) string { return decimal(e.Seconds) }),
		ofEvaluation("calls", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Calls) }),
		ofEvaluation("prompt_tokens", func(e *ablation.Evaluation) string { return strconv.Itoa(e.PromptTokens) }),
		ofEvaluation("cached_tokens", func(e *ablation.Evaluation) string { return strconv.Itoa(e.CachedTokens) }),
		ofEvaluation("output_tokens", func(e *ablation.Evaluation) string { return strconv.Itoa(e.OutputTokens) }),
		ofEvaluation("cache_hits", func(e *ablation.Evaluation) string { return strconv.Itoa(e.CacheHits) }),
		ofEvaluation("failed", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Failed) }),
		ofEvaluation("asked_again", func(e *ablation.Evaluation) string { return strconv.Itoa(e.AskedAgain) }),
		ofEvaluation("unaligned", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Unaligned) }),
		ofEvaluation("leaks", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Leaks) }),
		ofEvaluation("dropped_demonstrations", func(e *ablation.Evaluation) string { return strconv.Itoa(e.Dropped) }),
	}
}

func evidenceFields() []field {
	var columns []field
	for _, f := range shares {
		columns = append(columns,
			ofEvidence(f.key, func(e *ablation.Evidence) string { return decimal(f.of(e).Value) }),
			ofEvidence(f.key+"_low", func(e *ablation.Evidence) string { return decimal(f.of(e).Low) }),
			ofEvidence(f.key+"_high", func(e *ablation.Evidence) string { return decimal(f.of(e).High) }))
	}
	return append(columns,
		ofEvidence("retrieval_seconds", func(e *ablation.Evidence) string { return decimal(e.Seconds) }),
		ofEvidence("retrieval_sentences", func(e *ablation.Evidence) string { return strconv.Itoa(e.Sentences) }))
}

// shares are the figures of retrieval, in order.
var shares = []struct {
	key, name string
	of        func(*ablation.Evidence) ablation.Share
}{
	{"coverage", "coverage", func(e *ablation.Evidence) ablation.Share { return e.Coverage }},
	{"agreement", "agreement", func(e *ablation.Evidence) ablation.Share { return e.Agreement }},
	{"token_vote", "token vote", func(e *ablation.Evidence) ablation.Share { return e.Vote }},
	{"term_hits", "term hits", func(e *ablation.Evidence) ablation.Share { return e.TermHits }},
}

func ofEvaluation(name string, of func(*ablation.Evaluation) string) field {
	return field{name, func(r ablation.Row) string { return orEmpty(r.Evaluation, of) }}
}

func ofEvidence(name string, of func(*ablation.Evidence) string) field {
	return field{name, func(r ablation.Row) string { return orEmpty(r.Evidence, of) }}
}

func ofAgainst(name string, of func(*ablation.Against) string) field {
	return field{name, func(r ablation.Row) string { return orEmpty(r.Against, of) }}
}

func orEmpty[T any](x *T, of func(*T) string) string {
	if x == nil {
		return ""
	}
	return of(x)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

// part is the strict F1 over some of the mentions, "" when there is neither a gold one nor a prediction.
func part(c score.Criteria, write func(float64) string) string {
	m := c.Strict.Micro
	if m.TP+m.FN+m.FP == 0 {
		return ""
	}
	return write(m.F1)
}

// linked is a figure of how mentions were resolved to concepts, "" where they were not.
func linked(e *ablation.Evaluation, write func(float64) string, of func(*score.Linking) float64) string {
	if e.Linking == nil || e.Linking.Given == nil {
		return ""
	}
	return write(of(e.Linking))
}

func firstRight(x *score.Linking) float64 { return x.Given.AtOne }
func amongFive(x *score.Linking) float64  { return x.Given.AtFive }
func conceptF1(x *score.Linking) float64  { return x.Strict.F1 }

func calibrationError(e *ablation.Evaluation, write func(float64) string) string {
	if e.Calibration.Predictions == 0 {
		return ""
	}
	return write(e.Calibration.Error)
}

func brier(e *ablation.Evaluation) string {
	if e.Calibration.Predictions == 0 {
		return ""
	}
	return decimal(e.Calibration.Brier)
}
