package score

// Report is what `score --json` prints.
type Report struct {
	Documents int         `json:"documents"`
	Criteria  Criteria    `json:"criteria"`
	Token     TokenScore  `json:"token"`
	Errors    ErrorCounts `json:"errors"`
	Confusion Confusion   `json:"confusion"`
	Linking   *Linking    `json:"linking,omitempty"` // nil where gold or predictions have no concept ids
}

// Mentions are the numbers of gold mentions and of predictions.
func (r Report) Mentions() (gold, predicted int) {
	c := r.Criteria.Strict.Micro.Counts
	return int(c.TP + c.FN), int(c.TP + c.FP)
}

// Criteria holds a score by criterion.
type Criteria struct {
	Strict  Score `json:"strict"`
	Exact   Score `json:"exact"`
	Partial Score `json:"partial"`
	Type    Score `json:"type"`
	Overlap Score `json:"overlap"`
}

// By is the score of one criterion.
func (c *Criteria) By(by Criterion) *Score {
	return [...]*Score{&c.Strict, &c.Exact, &c.Partial, &c.Type, &c.Overlap}[by]
}

// Score is what one criterion says. Each label is scored as if no other existed, so the labels' counts add up
// to the micro counts where the label matters to the criterion (strict, overlap) and need not elsewhere.
type Score struct {
	Micro  Micro              `json:"micro"`
	Macro  Ratios             `json:"macro"`
	Labels map[string]Figures `json:"labels"`
}

// Micro is over all mentions; F1Low and F1High are the bounds of a 95 % bootstrap over documents.
type Micro struct {
	Figures
	F1Low  float64 `json:"f1_low"`
	F1High float64 `json:"f1_high"`
}

// TokenScore compares the labels of tokens. Accuracy is over all tokens, MacroF1 the mean over labels, without
// that of tokens outside.
type TokenScore struct {
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
}
